package dev.socketserver.handler.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.handler.key.KeyPart;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.payload.ReceivedFrame;
import org.jspecify.annotations.Nullable;

/**
 * Methods by the keys that a discriminator finds; without one, the one method there is.
 */
final class KeyTable implements MessageTable {

	private static final int MOST_KEYS = 1024;

	private final @Nullable Discriminator discriminator;

	private final List<MappedMethod> methods;

	/** What reads payloads for each of them. */
	private final List<PayloadConverter<?>> readers;

	/** Reads what all methods take alike, else what no parameter has a type for. */
	private final PayloadConverter<?> reader;

	private final Map<String, KeyedMethod> byKey = new HashMap<>();

	/** The same, for keys that are bytes of the frame. */
	private final @Nullable KeyedMethods<byte[]> byBytes;

	/** The same, for keys in the text that all methods take. */
	private final @Nullable KeyedMethods<String> byText;

	/** The index of the default method. */
	private final int fallback;

	/**
	 * Makes the table.
	 * @param origin the bean, with which messages begin
	 * @param discriminator finds keys; {@code null} if there is one method without keys
	 * @param methods the methods
	 * @param open reads what no parameter has a type for
	 * @throws InvalidHandlerException if a message could have several methods, or a
	 * method could have none
	 */
	KeyTable(String origin, @Nullable Discriminator discriminator, List<MappedMethod> methods,
			PayloadConverter<?> open) {
		this.discriminator = discriminator;
		this.methods = methods;
		this.readers = methods.stream().<PayloadConverter<?>>map((method) -> method.reader().get()).toList();
		this.reader = takeTheSame(methods) ? this.readers.get(0) : open;
		this.fallback = fallback(origin, methods);
		if (discriminator != null) {
			refuseImpossible(origin, discriminator, methods);
		}
		for (int i = 0; i < methods.size(); i++) {
			for (String key : methods.get(i).keys()) {
				add(origin, key, i);
			}
		}
		if (this.byKey.size() > MOST_KEYS) {
			throw new InvalidHandlerException(
					"%s has %s keys, more than %s: %s".formatted(origin, this.byKey.size(), MOST_KEYS,
							DispatchedMethods.names(methods)),
					"Let a default method take some of them, or split the handler");
		}
		KeyPart<String> text = (discriminator != null && takeReader()) ? discriminator.text(this.reader) : null;
		KeyPart<byte[]> bytes = (discriminator != null && text == null) ? discriminator.bytes() : null;
		this.byText = (text != null) ? new KeyedMethods<>(text, this.byKey) : null;
		this.byBytes = (bytes != null) ? new KeyedMethods<>(bytes, this.byKey) : null;
	}

	/** Whether all methods take what {@link #reader} makes of a frame, and no more. */
	private boolean takeReader() {
		return this.readers.stream().allMatch(this.reader::equals)
				&& this.methods.stream().noneMatch(MappedMethod::takesSocketMessage);
	}

	private void add(String origin, String key, int index) {
		String compared = Discriminator.normalized(key);
		KeyedMethod other = this.byKey.putIfAbsent(compared, new KeyedMethod(compared, index));
		if (other != null) {
			throw new InvalidHandlerException(
					"%s has several methods for the key '%s': %s".formatted(origin, compared,
							DispatchedMethods
								.names(this.methods.stream().filter((method) -> has(method, key)).toList())),
					"Give each of them keys of its own");
		}
	}

	private static boolean has(MappedMethod method, String key) {
		String wanted = Discriminator.normalized(key);
		return method.keys().stream().anyMatch((each) -> Discriminator.normalized(each).equals(wanted));
	}

	private static void refuseImpossible(String origin, Discriminator discriminator, List<MappedMethod> methods) {
		Set<String> reasons = new LinkedHashSet<>();
		List<String> found = new ArrayList<>();
		for (MappedMethod method : methods) {
			for (String key : method.keys()) {
				String reason = discriminator.impossible(key);
				if (reason != null) {
					reasons.add(reason);
					found.add("%s has the key '%s'".formatted(method.description(), key));
				}
			}
		}
		if (!found.isEmpty()) {
			found.sort(null);
			throw new InvalidHandlerException("%s: %s, which the discriminator '%s' never finds: %s".formatted(origin,
					String.join(" and ", found), discriminator, String.join(", ", reasons)), "Change the key");
		}
	}

	/** A single method without a key takes everything. */
	private static int fallback(String origin, List<MappedMethod> methods) {
		boolean single = methods.size() == 1 && methods.get(0).keys().isEmpty();
		return single ? 0 : DispatchedMethods.fallback(origin, methods);
	}

	/** If all methods take the same, replies to requests are that, too. */
	private static boolean takeTheSame(List<MappedMethod> methods) {
		Class<?> first = methods.get(0).payload();
		return first != null && methods.stream().allMatch((method) -> method.payload() == first);
	}

	@Override
	public KeyedMethod choose(Object frame) throws Exception {
		if (this.byText != null) {
			return choose(this.byText, text(frame));
		}
		byte[] bytes = ReceivedFrame.bytes(frame);
		if (this.byBytes != null) {
			return choose(this.byBytes, bytes);
		}
		return choose((this.discriminator != null) ? this.discriminator.key(bytes) : null);
	}

	private <F> KeyedMethod choose(KeyedMethods<F> methods, F frame) {
		KeyedMethod found = methods.find(frame);
		// Other symbols of a frame may be the same text.
		return (found != null) ? found : choose(methods.key(frame));
	}

	private KeyedMethod choose(@Nullable String key) {
		KeyedMethod found = (key != null) ? this.byKey.get(key) : null;
		return (found != null) ? found : new KeyedMethod(key, this.fallback);
	}

	@Override
	public Object read(Object frame, KeyedMethod chosen) throws PayloadException {
		return (this.byText != null) ? text(frame) : Payloads.read(this.readers.get(chosen.method()), frame);
	}

	private String text(Object frame) throws PayloadException {
		return (frame instanceof String text) ? text : (String) Payloads.read(this.reader, frame);
	}

	@Override
	public PayloadConverter<?> input() {
		if (this.byText != null) {
			return this.reader;
		}
		List<PayloadConverter<?>> taken = IntStream.range(0, this.methods.size())
			.filter((i) -> this.methods.get(i).payload() != null)
			.<PayloadConverter<?>>mapToObj(this.readers::get)
			.toList();
		return DispatchedMethods.frames(this.reader, this.methods, taken);
	}

	@Override
	public List<Mapping> mappings() {
		List<Mapping> mappings = new ArrayList<>();
		for (MappedMethod method : this.methods) {
			method.keys().forEach((key) -> mappings.add(DispatchedMethods.mapping(key, method)));
		}
		if (this.fallback != KeyedMethod.NONE) {
			mappings.add(DispatchedMethods.mapping(null, this.methods.get(this.fallback)));
		}
		return mappings;
	}

}
