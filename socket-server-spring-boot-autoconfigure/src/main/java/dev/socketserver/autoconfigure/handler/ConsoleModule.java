package dev.socketserver.autoconfigure.handler;

import dev.socketserver.autoconfigure.condition.OnSwitchCondition;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.operation.SessionEvaluator;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Finds what the module {@code socket-server-repl} contributes. The exception says what
 * is missing: the module, or its auto-configuration.
 */
public final class ConsoleModule {

	private static final String EVAL_OVER_ACTUATOR = "socket.repl.eval-over-actuator";

	private static final String MARKER = "dev.socketserver.repl.Repl";

	private static final String ADD = "Add dev.socketserver:socket-server-repl to the application, as "
			+ "socket-server-spring-boot-starter does";

	private final ConfigurableBeanFactory beanFactory;

	private final Environment environment;

	public ConsoleModule(ConfigurableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Returns what makes consoles.
	 * @param invalid creates the exception for the server that is to be one
	 * @throws InvalidSocketPropertyException if there is nothing that does
	 */
	public ConsoleHandlers handlers(ConsoleHandlers.InvalidValue invalid) {
		ConsoleHandlers handlers = this.beanFactory.getBeanProvider(ConsoleHandlers.class).getIfAvailable();
		if (handlers != null) {
			return handlers;
		}
		if (!isPresent()) {
			throw invalid.of("handler", "socket-server-repl, which makes consoles, is not on the class path", ADD);
		}
		throw invalid.of("handler",
				"SocketReplAutoConfiguration, which makes consoles, is excluded, or was left out when the "
						+ "application was processed ahead of time, since no server was a console then",
				"Do not exclude it, and process the application ahead of time with this property set");
	}

	/**
	 * Checks that expressions can be evaluated over the actuator, if they are to be.
	 * @throws InvalidSocketPropertyException if they cannot
	 */
	public void checkEvaluator() {
		if (!OnSwitchCondition.isOn(this.environment, EVAL_OVER_ACTUATOR, false)
				|| this.beanFactory.getBeanProvider(SessionEvaluator.class).getIfAvailable() != null) {
			return;
		}
		if (!isPresent()) {
			throw new InvalidSocketPropertyException(EVAL_OVER_ACTUATOR, true,
					"socket-server-repl, which evaluates, is not on the class path", ADD);
		}
		throw new InvalidSocketPropertyException(EVAL_OVER_ACTUATOR, true,
				"SocketReplAutoConfiguration, which evaluates, is excluded, or was left out when the application "
						+ "was processed ahead of time, since the property was not set then",
				"Do not exclude it, and process the application ahead of time with this property set");
	}

	private boolean isPresent() {
		return ClassUtils.isPresent(MARKER, this.beanFactory.getBeanClassLoader());
	}

}
