package dev.socketserver.operation;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The names that operators write for constants: these in lower case, with hyphens.
 */
public final class ActionNames {

	private ActionNames() {
	}

	static <A extends Enum<A>> A find(Class<A> type, String name) {
		return find(type, name, List.of(type.getEnumConstants()));
	}

	/**
	 * Finds an action by its name; where there is none, only some of them are offered.
	 */
	static <A extends Enum<A>> A find(Class<A> type, String name, Collection<A> offered) {
		return named(type, name).orElseThrow(() -> new BadParameterException(
				"Unknown action " + BadParameterException.quoted(name) + ": use one of " + all(offered),
				"Unknown action"));
	}

	/**
	 * Finds a constant by its name.
	 * @param type the enum
	 * @param name the name
	 * @param <A> the enum
	 * @return the constant, if there is one of that name
	 */
	public static <A extends Enum<A>> Optional<A> named(Class<A> type, String name) {
		return Arrays.stream(type.getEnumConstants()).filter((constant) -> of(constant).equals(name)).findFirst();
	}

	/**
	 * Lists the names of all constants.
	 * @param type the enum
	 * @param <A> the enum
	 * @return the names, separated by commas
	 */
	public static <A extends Enum<A>> String all(Class<A> type) {
		return all(List.of(type.getEnumConstants()));
	}

	static String all(Collection<? extends Enum<?>> offered) {
		return offered.stream().map(ActionNames::of).collect(Collectors.joining(", "));
	}

	/**
	 * Returns the name of a constant.
	 * @param constant the constant
	 * @return the name
	 */
	public static String of(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
