package dev.socketserver.repl.autoconfigure;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
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
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for consoles. If the properties ask
 * for none, the application has nothing that evaluates expressions, and only the keys of
 * {@link ReplProperties} are checked.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@Conditional(OnReplCondition.class)
@ConditionalOnBean(SocketServers.class)
@EnableConfigurationProperties(ReplProperties.class)
public final class SocketReplAutoConfiguration {

	/** What evaluates. */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnConsoleCondition.class)
	static class ConsoleConfiguration {

		@Bean
		@ConditionalOnMissingBean
		Repl socketRepl(SocketServers servers, ReplProperties properties, ConfigurableApplicationContext context) {
			return new Repl(servers, context, properties.settings());
		}

		@Bean
		@ConditionalOnMissingBean
		Consoles socketConsoles(Repl repl, ReplProperties properties, ConfigurableApplicationContext context) {
			String password = properties.password();
			return new Consoles(repl, properties.settings(), password != null && !StringUtils.hasText(password),
					context.getBeanFactory().getBeanClassLoader());
		}

		/**
		 * Asks the property once more: the condition says what it was when the
		 * application was processed ahead of time.
		 */
		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnSwitch(OnConsoleCondition.EVAL_OVER_ACTUATOR)
		@Nullable SessionEvaluator socketSessionEvaluator(Repl repl, Consoles consoles, ReplProperties properties) {
			if (!properties.evalOverActuator()) {
				return null;
			}
			consoles.checkLanguage();
			return repl::evaluate;
		}

	}

}
