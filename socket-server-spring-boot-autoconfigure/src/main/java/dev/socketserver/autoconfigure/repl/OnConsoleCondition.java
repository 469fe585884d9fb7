package dev.socketserver.autoconfigure.repl;

import java.util.Map;

import dev.socketserver.autoconfigure.OnSwitchCondition;
import dev.socketserver.repl.Repl;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
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
		for (Map.Entry<String, Entry> server : servers(environment).entrySet()) {
			if (Repl.NAME.equals(server.getValue().handler())) {
				return ConditionOutcome.match(message.foundExactly("server " + server.getKey()));
			}
		}
		return ConditionOutcome.noMatch(message.didNotFind("server").items("with handler " + Repl.NAME));
	}

	/** What cannot be read is explained where all of it is. */
	private static Map<String, Entry> servers(Environment environment) {
		try {
			return Binder.get(environment)
				.bind("socket.servers", Bindable.mapOf(String.class, Entry.class))
				.orElse(Map.of());
		}
		catch (BindException ex) {
			return Map.of();
		}
	}

	/**
	 * All that matters of a server here.
	 *
	 * @param handler its handler
	 */
	record Entry(@Nullable String handler) {

	}

}
