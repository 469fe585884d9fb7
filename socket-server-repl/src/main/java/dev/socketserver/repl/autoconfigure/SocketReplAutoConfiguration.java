package dev.socketserver.repl.autoconfigure;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.ConsoleHandlers;
import dev.socketserver.autoconfigure.SocketProperties;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.repl.Repl;
import dev.socketserver.repl.ReplSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.util.StringUtils;

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
		return new Repl(servers, context, settings(properties.getRepl()));
	}

	@Bean
	@ConditionalOnMissingBean(ConsoleHandlers.class)
	Consoles socketConsoles(Repl repl, SocketProperties properties, ConfigurableApplicationContext context) {
		String password = properties.getRepl().getPassword();
		return new Consoles(repl, settings(properties.getRepl()), password != null && !StringUtils.hasText(password),
				context.getBeanFactory().getBeanClassLoader());
	}

	/**
	 * Asks the property once more: the condition says what it was when the application
	 * was processed ahead of time.
	 */
	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSwitch(OnConsoleCondition.EVAL_OVER_ACTUATOR)
	@Nullable SessionEvaluator socketSessionEvaluator(Repl repl, Consoles consoles, SocketProperties properties) {
		if (!properties.getRepl().isEvalOverActuator()) {
			return null;
		}
		consoles.checkLanguage();
		return repl::evaluate;
	}

	private static ReplSettings settings(SocketProperties.Repl properties) {
		String password = properties.getPassword();
		return new ReplSettings(properties.isAllowRemote(), StringUtils.hasText(password) ? password : null,
				properties.getLanguage(), properties.getPrompt(), properties.isBindErr(), properties.isAskName());
	}

}
