package dev.socketserver.repl.autoconfigure;

import java.nio.charset.Charset;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.block.ReservedHandler;
import dev.socketserver.autoconfigure.condition.OnSwitchCondition;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.repl.Repl;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * The handler of consoles. The auto-configuration makes it, unless the properties asked
 * for no console when the application was processed ahead of time.
 */
final class ConsoleHandler implements ReservedHandler {

	@Override
	public String word() {
		return Repl.NAME;
	}

	@Override
	public String whyOnThreads() {
		return "the console evaluates on platform threads";
	}

	@Override
	public String whyNoLogin() {
		return "a console has socket.repl.password instead";
	}

	@Override
	public String whyNoDatagrams() {
		return "a console needs a connection, and UDP has none";
	}

	@Override
	public void check(BeanFactory beans, Environment environment) {
		if (OnSwitchCondition.isOn(environment, OnConsoleCondition.EVAL_OVER_ACTUATOR, false)
				&& beans.getBeanProvider(SessionEvaluator.class).getIfAvailable() == null) {
			throw new InvalidSocketPropertyException(OnConsoleCondition.EVAL_OVER_ACTUATOR, true,
					"SocketReplAutoConfiguration, which evaluates, is excluded, or was left out when the application "
							+ "was processed ahead of time, since the property was not set then",
					"Do not exclude it, and process the application ahead of time with this property set");
		}
	}

	@Override
	public ServerHandler handler(BlockServer server, Charset charset) {
		Consoles consoles = consoles(server);
		if (consoles == null) {
			throw server.invalid("handler",
					"SocketReplAutoConfiguration, which makes consoles, is excluded, or was left out when the "
							+ "application was processed ahead of time, since no server was a console then",
					"Do not exclude it, and process the application ahead of time with this property set");
		}
		return consoles.handler(charset);
	}

	@Override
	public void check(BlockServer server, ServerSpec spec) {
		Consoles consoles = consoles(server);
		if (consoles != null) {
			consoles.check(server, spec);
		}
	}

	private static @Nullable Consoles consoles(BlockServer server) {
		return server.beans().getBeanProvider(Consoles.class).getIfAvailable();
	}

}
