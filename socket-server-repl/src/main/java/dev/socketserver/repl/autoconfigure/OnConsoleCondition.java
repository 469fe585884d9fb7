package dev.socketserver.repl.autoconfigure;

import dev.socketserver.autoconfigure.condition.OnSwitchCondition;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.repl.Repl;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if the properties make a server a console, or allow evaluation over the
 * actuator.
 */
final class OnConsoleCondition extends SpringBootCondition {

	static final String EVAL_OVER_ACTUATOR = "socket.repl.eval-over-actuator";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Console");
		Environment environment = context.getEnvironment();
		if (OnSwitchCondition.isOn(environment, EVAL_OVER_ACTUATOR, false)) {
			return ConditionOutcome.match(message.because(EVAL_OVER_ACTUATOR + " is on"));
		}
		for (String server : Section.SERVERS.names(environment)) {
			if (Repl.NAME.equals(handler(environment, server))) {
				return ConditionOutcome.match(message.foundExactly("server " + server));
			}
		}
		return ConditionOutcome.noMatch(message.didNotFind("server").items("with handler " + Repl.NAME));
	}

	/**
	 * Returns the handler of a server, if it can be read: a wrong value is explained when
	 * all properties are bound.
	 */
	private static @Nullable String handler(Environment environment, String server) {
		try {
			ConfigurationPropertyName key = ConfigurationPropertyName.adapt(Section.SERVERS.property(server, "handler"),
					'.');
			return Binder.get(environment).bind(key, Bindable.of(String.class)).orElse(null);
		}
		catch (BindException ex) {
			return null;
		}
	}

}
