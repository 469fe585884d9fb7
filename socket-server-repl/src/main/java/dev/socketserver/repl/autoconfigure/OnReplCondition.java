package dev.socketserver.repl.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if there is a key of consoles to check, or a console. Most applications have
 * neither, and each bean takes milliseconds of a start.
 */
final class OnReplCondition extends SpringBootCondition {

	private static final ConfigurationPropertyName KEYS = ConfigurationPropertyName.of("socket.repl");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(context.getEnvironment())) {
			if (source.getConfigurationProperty(KEYS) != null
					|| source.containsDescendantOf(KEYS) == ConfigurationPropertyState.PRESENT) {
				return ConditionOutcome.match(ConditionMessage.forCondition("Console").foundExactly("keys of " + KEYS));
			}
		}
		return new OnConsoleCondition().getMatchOutcome(context, metadata);
	}

}
