package dev.socketserver.autoconfigure.repl;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.SocketProperties;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.repl.Repl;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for consoles. If the properties ask
 * for none, the application has nothing that evaluates expressions.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnBean(SocketServers.class)
@Conditional(OnConsoleCondition.class)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketReplAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Repl socketRepl(SocketServers servers, SocketProperties properties, ConfigurableApplicationContext context) {
		return new Repl(servers, context, properties.getRepl().settings());
	}

	/**
	 * Asks the property once more: the condition says what it was when the application
	 * was processed ahead of time.
	 */
	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSwitch(OnConsoleCondition.EVAL_OVER_ACTUATOR)
	@Nullable SessionEvaluator socketSessionEvaluator(Repl repl, SocketProperties properties) {
		return properties.getRepl().isEvalOverActuator() ? repl::evaluate : null;
	}

}
