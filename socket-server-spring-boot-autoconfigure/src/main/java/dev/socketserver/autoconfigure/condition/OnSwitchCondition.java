package dev.socketserver.autoconfigure.condition;

import java.util.Map;
import java.util.Objects;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
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
 * {@link org.springframework.context.annotation.Condition} for
 * {@link ConditionalOnSwitch @ConditionalOnSwitch}.
 */
public final class OnSwitchCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, @Nullable Object> attributes = Objects
			.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnSwitch.class.getName()));
		String property = (String) Objects.requireNonNull(attributes.get("value"));
		boolean on = isOn(context.getEnvironment(), property, Boolean.TRUE.equals(attributes.get("matchIfMissing")));
		return new ConditionOutcome(on, ConditionMessage.forCondition(ConditionalOnSwitch.class)
			.because(property + (on ? " is on" : " is off")));
	}

	/**
	 * Returns whether a property is on.
	 * @param environment has the property
	 * @param property its name
	 * @param unset what to return if it is not set, or empty
	 * @return whether it is on
	 * @throws InvalidSocketPropertyException if the property is no boolean
	 */
	public static boolean isOn(Environment environment, String property, boolean unset) {
		if (!environment.containsProperty(property)) {
			// Most are not set, and a binder takes time to make.
			return unset;
		}
		Binder binder = Binder.get(environment);
		String value = binder.bind(property, String.class).orElse(null);
		if (value == null || value.isEmpty()) {
			return unset;
		}
		try {
			return binder.bind(property, Boolean.class).orElseThrow(() -> invalid(property, value, null));
		}
		catch (BindException ex) {
			throw invalid(property, value, ex);
		}
	}

	private static InvalidSocketPropertyException invalid(String property, String value, @Nullable Exception cause) {
		return new InvalidSocketPropertyException(property, value, "it must be true or false", "Change " + property,
				cause);
	}

}
