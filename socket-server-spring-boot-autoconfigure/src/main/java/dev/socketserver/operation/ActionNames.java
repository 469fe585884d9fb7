package dev.socketserver.operation;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The names of actions: those of their constants, in lower case.
 */
final class ActionNames {

	private ActionNames() {
	}

	static <A extends Enum<A>> A find(Class<A> type, String name) {
		return Arrays.stream(type.getEnumConstants())
			.filter((action) -> of(action).equals(name))
			.findFirst()
			.orElseThrow(() -> new BadParameterException(
					"Unknown action " + BadParameterException.quoted(name) + ": use one of " + all(type),
					"Unknown action"));
	}

	static <A extends Enum<A>> String all(Class<A> type) {
		return Arrays.stream(type.getEnumConstants()).map(ActionNames::of).collect(Collectors.joining(", "));
	}

	static String of(Enum<?> action) {
		return action.name().toLowerCase(Locale.ROOT);
	}

}
