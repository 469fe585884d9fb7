package dev.socketserver.handler.dispatch;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.payload.FrameConverter;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the table of the methods of a handler, and says what is wrong with them.
 */
public final class DispatchedMethods {

	private static final SafeLogger logger = SafeLogger.of(DispatchedMethods.class);

	private final String origin;

	private final List<MappedMethod> methods;

	private final PayloadConverter<?> open;

	private final Function<Class<?>, PayloadConverter<?>> readers;

	/**
	 * Prepares to make a table.
	 * @param origin the bean, with which messages begin
	 * @param methods its methods for messages, in the order of the indices of messages
	 * @param open reads what no parameter has a type for
	 * @param readers makes what reads a type
	 */
	public DispatchedMethods(String origin, List<MappedMethod> methods, PayloadConverter<?> open,
			Function<Class<?>, PayloadConverter<?>> readers) {
		this.origin = origin;
		this.methods = List.copyOf(methods);
		this.open = open;
		this.readers = readers;
	}

	List<MappedMethod> methods() {
		return this.methods;
	}

	/**
	 * Makes the table of the methods.
	 * @param discriminator finds keys; {@code null} if the properties name none
	 * @return the table
	 * @throws InvalidHandlerException if a message could have several methods, or a
	 * method could have none
	 */
	MessageTable table(@Nullable Discriminator discriminator) {
		List<MappedMethod> keyed = this.methods.stream().filter((method) -> !method.keys().isEmpty()).toList();
		if (discriminator == null && !keyed.isEmpty()) {
			throw new InvalidHandlerException(
					"%s has methods with keys, and there is no discriminator: %s".formatted(this.origin, names(keyed)),
					"Set the property discriminator, for example to word, bytes:0:1 or json:/type, or remove the keys");
		}
		if (discriminator == Discriminator.TYPE && !keyed.isEmpty()) {
			throw new InvalidHandlerException("%s has methods with keys, which the discriminator 'type' never finds: %s"
				.formatted(this.origin, names(keyed)), "Remove the keys, or change the property discriminator");
		}
		if (this.methods.size() == 1) {
			MappedMethod only = this.methods.get(0);
			if (discriminator == Discriminator.TYPE && only.payload() != null) {
				return new TypeTable(this.origin, this.methods, only.reader().get());
			}
			return new KeyTable(this.origin, (discriminator != Discriminator.TYPE) ? discriminator : null, this.methods,
					this.open);
		}
		if (discriminator == null || discriminator == Discriminator.TYPE) {
			return byType();
		}
		List<MappedMethod> without = this.methods.stream()
			.filter((method) -> method.keys().isEmpty() && !method.isDefault())
			.toList();
		if (!without.isEmpty()) {
			throw new InvalidHandlerException(
					"%s has methods that would never be called, since they have no key: %s".formatted(this.origin,
							names(without)),
					"Give each a key, or let one be the default: @OnMessage(isDefault = true)");
		}
		return new KeyTable(this.origin, discriminator, this.methods, this.open);
	}

	private MessageTable byType() {
		Class<?> common = commonType();
		if (common == null) {
			throw new InvalidHandlerException(
					"%s has several @OnMessage methods: %s. They take nothing that has one type in common"
						.formatted(this.origin, names(this.methods)),
					"Keep one of them, set the property discriminator and give each a key, or let them take "
							+ "classes of one interface, best a sealed one");
		}
		TypeTable table = new TypeTable(this.origin, this.methods, this.readers.apply(common));
		List<Class<?>> missing = CommonType.leaves(common).stream().filter((type) -> !table.covers(type)).toList();
		if (!missing.isEmpty()) {
			logger.warn("{} has no @OnMessage method for {}, and no default{}", this.origin,
					missing.stream().map(Class::getName).collect(Collectors.joining(", ")),
					table.hasDefault() ? " that takes it" : "");
		}
		return table;
	}

	/**
	 * Returns the type to which frames are converted. A default that takes all of what
	 * the others have in common needs not have that in common with them.
	 * @return the type; {@code null} if there is none
	 */
	private @Nullable Class<?> commonType() {
		Class<?> common = CommonType.of(types((method) -> true));
		if (common != null) {
			return common;
		}
		Class<?> ofOthers = CommonType.of(types((method) -> !method.isDefault()));
		boolean taken = ofOthers != null
				&& types(MappedMethod::isDefault).stream().allMatch((type) -> type.isAssignableFrom(ofOthers));
		return taken ? ofOthers : null;
	}

	private List<Class<?>> types(Predicate<MappedMethod> which) {
		return this.methods.stream()
			.filter(which)
			.<Class<?>>flatMap((method) -> Stream.ofNullable(method.payload()))
			.toList();
	}

	/**
	 * Returns what leaves frames as they are, until their method is known.
	 * @param replies reads replies to requests
	 * @param methods the methods
	 * @param readers read what parameters take
	 * @return the converter
	 */
	static FrameConverter frames(PayloadConverter<?> replies, List<MappedMethod> methods,
			List<PayloadConverter<?>> readers) {
		boolean timed = methods.stream().anyMatch(MappedMethod::takesSocketMessage);
		// Where nothing is read, keys are words; a SocketMessage has what payloads are.
		boolean text = (readers.isEmpty() && timed) ? replies.text()
				: readers.stream().allMatch(PayloadConverter::text);
		return new FrameConverter(replies, text, timed);
	}

	/**
	 * Returns the index of the default method; {@link KeyedMethod#NONE} if there is none.
	 */
	static int fallback(String origin, List<MappedMethod> methods) {
		List<MappedMethod> found = methods.stream().filter(MappedMethod::isDefault).toList();
		if (found.size() > 1) {
			throw new InvalidHandlerException("%s has several default methods: %s".formatted(origin, names(found)),
					"Keep isDefault on one of them");
		}
		return found.isEmpty() ? KeyedMethod.NONE : methods.indexOf(found.get(0));
	}

	static Mapping mapping(@Nullable String key, MappedMethod method) {
		Class<?> payload = method.payload();
		return new Mapping(key, method.name(), (payload != null) ? payload.getTypeName() : null);
	}

	/** Returns methods, for messages. */
	static String names(List<MappedMethod> methods) {
		return methods.stream().map(MappedMethod::description).sorted().collect(Collectors.joining(" and "));
	}

}
