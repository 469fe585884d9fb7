package dev.socketserver.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless {@code socket.enabled} is off. Boot's own condition compares words: with
 * {@code yes}, {@code 1} or a slip of the pen there would silently be no server.
 */
final class OnEnabledCondition extends SpringBootCondition {

	private static final String ENABLED = "socket.enabled";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Sockets");
		return enabled(context.getEnvironment()) ? ConditionOutcome.match(message.because(ENABLED + " is not off"))
				: ConditionOutcome.noMatch(message.because(ENABLED + " is off"));
	}

	private static boolean enabled(Environment environment) {
		Binder binder = Binder.get(environment);
		String value = binder.bind(ENABLED, String.class).orElse("true");
		try {
			return binder.bind(ENABLED, Boolean.class).orElseGet(() -> {
				if (value.isBlank()) {
					throw invalid(value, null);
				}
				return true;
			});
		}
		catch (BindException ex) {
			throw invalid(value, ex);
		}
	}

	private static InvalidSocketPropertyException invalid(String value, @Nullable Exception cause) {
		return new InvalidSocketPropertyException(ENABLED, value, "it must be true or false", "Change " + ENABLED,
				cause);
	}

}
