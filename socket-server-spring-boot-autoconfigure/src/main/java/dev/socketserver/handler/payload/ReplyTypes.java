package dev.socketserver.handler.payload;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.handler.InvalidHandlerException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Checks the declared types of replies: whether they can be sent, and whether they have
 * to be adapted for the engine.
 */
public final class ReplyTypes {

	private static final String REACTIVE_STREAMS = "org.reactivestreams.FlowAdapters";

	/** Have replies within. */
	private static final List<Class<?>> SEVERAL = List.of(List.class, Stream.class, Flow.Publisher.class);

	/** Have one reply within, or none. */
	private static final List<Class<?>> ONE = List.of(Optional.class, CompletionStage.class);

	private final PayloadConverters converters;

	private final boolean reactive;

	/** Who replies, as the subject of messages. */
	private final String replier;

	/**
	 * Prepares to check types.
	 * @param converters write what is sent
	 * @param classLoader may know reactive libraries
	 * @param replier who replies, as the subject of messages
	 */
	public ReplyTypes(PayloadConverters converters, @Nullable ClassLoader classLoader, String replier) {
		this.converters = converters;
		this.reactive = ClassUtils.isPresent(REACTIVE_STREAMS, classLoader);
		this.replier = replier;
	}

	/**
	 * Checks that replies of a type can be sent.
	 * @param type the declared type; what it leaves open is checked when a reply is sent
	 * @return adapts each reply for the engine, {@code null} if that is not necessary
	 * @throws InvalidHandlerException if no object of that type can be sent
	 */
	public @Nullable Function<Object, @Nullable Object> check(ResolvableType type) {
		checkReply(type);
		Function<Object, @Nullable Object> unwrapping = unwrapping(type);
		if (unwrapping != null) {
			return unwrapping;
		}
		Class<?> raw = PayloadConverters.known(type);
		if (raw == null) {
			return undeclared();
		}
		ReactiveAdapter adapter = reactive(raw);
		return (adapter != null) ? (reply) -> ReactiveReplies.adapt(adapter, reply) : null;
	}

	private Function<Object, @Nullable Object> undeclared() {
		return (reply) -> {
			Object value = unwrapped(reply);
			return (value == reply && this.reactive) ? ReactiveReplies.adaptAny(reply) : value;
		};
	}

	/**
	 * Returns what unwraps replies of a type, whether they are there at once or later.
	 */
	private static @Nullable Function<Object, @Nullable Object> unwrapping(ResolvableType type) {
		if (isWrapper(type)) {
			return ReplyTypes::unwrapped;
		}
		if (isWrapper(type.as(CompletionStage.class).getGeneric())) {
			return (reply) -> ((CompletionStage<?>) reply)
				.thenApply((value) -> (value != null) ? unwrapped(value) : null);
		}
		return null;
	}

	private static boolean isWrapper(ResolvableType type) {
		return isUnit(type) || type.resolve() == Optional.class;
	}

	/**
	 * Takes the value out of an {@link Optional}, and drops Kotlin's {@code Unit}, which
	 * is no reply.
	 * @param reply the reply
	 * @return the value, which is the reply itself if it is neither; {@code null} for
	 * none
	 */
	static @Nullable Object unwrapped(Object reply) {
		if (reply instanceof Optional<?> optional) {
			return optional.orElse(null);
		}
		return KotlinTypes.isUnit(reply.getClass()) ? null : reply;
	}

	private static boolean isUnit(ResolvableType type) {
		Class<?> raw = type.resolve();
		return raw != null && KotlinTypes.isUnit(raw);
	}

	/**
	 * Checks that a payload of a type can be sent.
	 * @param type the declared type
	 * @throws InvalidHandlerException if no object of that type can be sent
	 */
	public void checkPayload(ResolvableType type) {
		Class<?> raw = PayloadConverters.known(type);
		if (raw == null || raw == Void.class || raw == void.class) {
			return;
		}
		boolean coroutines = KotlinTypes.isOfCoroutines(raw);
		if (later(raw) || coroutines || !this.converters.writes(ClassUtils.resolvePrimitiveIfNecessary(raw))) {
			throw new InvalidHandlerException(
					"%s replies with %s, which cannot be sent".formatted(this.replier,
							ClassUtils.getQualifiedName(raw)),
					coroutines
							? "Let it be a Flow or a Deferred, with kotlinx-coroutines-reactor on the class path, or nothing"
							: "Let it be " + this.converters.writable());
		}
	}

	/**
	 * Checks that a greeting of a type can be sent, which has to be one payload that is
	 * there at once, or with a {@link CompletionStage}.
	 * @param type the declared type
	 * @return adapts the greeting for the engine, {@code null} if that is not necessary
	 * @throws InvalidHandlerException if no object of that type can be sent
	 */
	public @Nullable Function<Object, @Nullable Object> checkGreeting(ResolvableType type) {
		if (isUnit(type)) {
			return ReplyTypes::unwrapped;
		}
		Class<?> raw = PayloadConverters.known(type);
		if (raw == Optional.class) {
			checkGreeting(type.getGeneric());
			return ReplyTypes::unwrapped;
		}
		if (raw != null && CompletionStage.class.isAssignableFrom(raw)) {
			checkGreeting(type.as(CompletionStage.class).getGeneric());
			return unwrapping(type);
		}
		if (raw != null && (later(raw) || List.class.isAssignableFrom(raw))) {
			throw new InvalidHandlerException(
					"%s greets with %s, but a greeting is one payload that is there".formatted(this.replier,
							ClassUtils.getQualifiedName(raw)),
					"Let it return one payload, or void, and send the others with SocketSession.send");
		}
		checkPayload(type);
		return null;
	}

	private void checkReply(ResolvableType type) {
		Class<?> raw = PayloadConverters.known(type);
		if (raw == null || KotlinTypes.isUnit(raw)) {
			return;
		}
		for (Class<?> several : SEVERAL) {
			if (several.isAssignableFrom(raw)) {
				checkPayload(type.as(several).getGeneric());
				return;
			}
		}
		for (Class<?> one : ONE) {
			if (one.isAssignableFrom(raw)) {
				checkCompleted(type.as(one).getGeneric());
				return;
			}
		}
		ReactiveAdapter adapter = reactive(raw);
		if (adapter != null && !adapter.isMultiValue()) {
			checkCompleted(type.getGeneric());
			return;
		}
		// A collection may turn out to be a list.
		boolean several = adapter != null || raw.isAssignableFrom(List.class);
		checkPayload(several ? type.getGeneric() : type);
	}

	/**
	 * Checks the type of a reply that arrives later. Only what a handler returns is
	 * adapted, and nothing within that.
	 */
	private void checkCompleted(ResolvableType type) {
		Class<?> raw = PayloadConverters.known(type);
		if (raw != null && reactive(raw) != null) {
			checkPayload(type);
		}
		else {
			checkReply(type);
		}
	}

	/**
	 * Whether objects of a type are no payload, but hold payloads that may arrive later.
	 */
	private boolean later(Class<?> type) {
		return CompletionStage.class.isAssignableFrom(type) || Stream.class.isAssignableFrom(type)
				|| Flow.Publisher.class.isAssignableFrom(type) || reactive(type) != null;
	}

	/** What adapts replies of a type. Those of the JDK are the engine's, or payloads. */
	private @Nullable ReactiveAdapter reactive(Class<?> type) {
		return (this.reactive && type.getClassLoader() != null) ? ReactiveReplies.find(type) : null;
	}

}
