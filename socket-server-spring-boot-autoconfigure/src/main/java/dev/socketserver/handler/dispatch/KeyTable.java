package dev.socketserver.handler.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.handler.key.KeyBytes;
import dev.socketserver.handler.payload.InvalidHandlerException;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * Methods by the keys that a discriminator finds; without one, the one method there is.
 */
final class KeyTable implements MessageTable {

	private static final int MOST_KEYS = 1024;

	private final @Nullable Discriminator discriminator;

	private final List<MappedMethod> methods;

	private final PayloadConverter<?> replies;

	private final Map<String, KeyedMethod> byKey = new HashMap<>();

	/** The same, for keys that are bytes of the frame. */
	private final @Nullable KeyedMethods byBytes;

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
		this.replies = replies(methods, open);
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
		KeyBytes bytes = (discriminator != null) ? discriminator.bytes() : null;
		this.byBytes = (bytes != null) ? new KeyedMethods(bytes, this.byKey.values()) : null;
	}

	private void add(String origin, String key, int index) {
		String compared = Discriminator.normalized(key);
		KeyedMethod other = this.byKey.putIfAbsent(compared, new KeyedMethod(compared, index));
		if (other != null) {
			throw new InvalidHandlerException(
					"%s has several methods for the key '%s': %s".formatted(origin, key,
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
	private static PayloadConverter<?> replies(List<MappedMethod> methods, PayloadConverter<?> open) {
		MappedMethod first = methods.get(0);
		boolean same = first.payload() != null
				&& methods.stream().allMatch((method) -> method.payload() == first.payload());
		return same ? first.reader() : open;
	}

	@Override
	public @Nullable Object choose(byte[] frame, ChosenMessage message) throws Exception {
		KeyedMethod found = (this.byBytes != null) ? this.byBytes.find(frame) : null;
		if (found == null) {
			String key = (this.discriminator != null) ? this.discriminator.key(frame) : null;
			// Other bytes may be the same text.
			KeyedMethod byText = (key != null) ? this.byKey.get(key) : null;
			message.found((byText != null) ? byText.method() : this.fallback, key);
		}
		else {
			message.found(found.method(), found.key());
		}
		int method = message.method();
		return (method != ChosenMessage.NONE) ? Payloads.read(this.methods.get(method).reader(), frame) : null;
	}

	@Override
	public PayloadConverter<?> replies() {
		return this.replies;
	}

	@Override
	public List<Mapping> mappings() {
		List<Mapping> mappings = new ArrayList<>();
		for (MappedMethod method : this.methods) {
			method.keys().forEach((key) -> mappings.add(DispatchedMethods.mapping(key, method)));
		}
		if (this.fallback != ChosenMessage.NONE) {
			mappings.add(DispatchedMethods.mapping(null, this.methods.get(this.fallback)));
		}
		return mappings;
	}

}
