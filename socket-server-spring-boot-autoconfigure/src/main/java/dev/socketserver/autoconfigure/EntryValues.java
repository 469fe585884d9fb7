package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The values of one entry, with the properties that they came from.
 *
 * @param <P> what the entry may inherit
 */
final class EntryValues<P> {

	private final Section section;

	private final String name;

	private final P own;

	private final @Nullable P defaults;

	private final Map<String, Object> used = new HashMap<>();

	private final Map<String, Object> inherited = new HashMap<>();

	/**
	 * Creates the values.
	 * @param section where the entry is
	 * @param name the entry's name
	 * @param own what it says
	 * @param defaults what it inherits where it is silent, or {@code null} for nothing
	 */
	EntryValues(Section section, String name, P own, @Nullable P defaults) {
		this.section = section;
		this.name = name;
		this.own = own;
		this.defaults = defaults;
	}

	Section section() {
		return this.section;
	}

	String name() {
		return this.name;
	}

	/** Whose values they are, such as {@code server 'orders'}. */
	String owner() {
		return "%s '%s'".formatted(this.section.word(), this.name);
	}

	/** What the entry itself says. */
	P own() {
		return this.own;
	}

	/** The keys that the entry itself has, as far as they were asked for. */
	Set<String> ownKeys() {
		return this.used.keySet();
	}

	/** Remembers the value of a key that is never inherited. */
	void note(String key, @Nullable Object value) {
		if (value != null) {
			this.used.put(key, value);
		}
	}

	<T> @Nullable T get(String key, Function<? super P, ? extends @Nullable T> value) {
		T found = value.apply(this.own);
		if (found != null) {
			this.used.put(key, found);
			return found;
		}
		T shared = (this.defaults != null) ? value.apply(this.defaults) : null;
		if (shared != null) {
			this.inherited.put(key, shared);
		}
		return shared;
	}

	<T> T get(String key, Function<? super P, ? extends @Nullable T> value, T unset) {
		T found = get(key, value);
		return (found != null) ? found : unset;
	}

	<T> void with(String key, Function<? super P, ? extends @Nullable T> value, Consumer<? super T> action) {
		T found = get(key, value);
		if (found != null) {
			action.accept(found);
		}
	}

	void size(String key, Function<? super P, @Nullable DataSize> value, IntConsumer action) {
		Integer bytes = size(key, value);
		if (bytes != null) {
			action.accept(bytes);
		}
	}

	@Nullable Integer size(String key, Function<? super P, @Nullable DataSize> value) {
		DataSize size = get(key, value);
		if (size == null) {
			return null;
		}
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw invalid(key, "it must be below 2 GB", "Set it to a smaller size", null);
		}
		return (int) Math.max(size.toBytes(), -1);
	}

	void timeout(String key, Function<? super P, @Nullable Duration> value, Consumer<@Nullable Duration> action) {
		with(key, value, (timeout) -> action.accept(timeout.isZero() ? null : timeout));
	}

	/** Returns the property that a value came from. */
	String property(String key) {
		return this.inherited.containsKey(key) ? "socket.server-defaults." + key
				: this.section.property(this.name, key);
	}

	InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy,
			@Nullable Throwable cause) {
		Object shared = this.inherited.get(key);
		String property = property(key);
		Object value = (shared != null) ? shared : this.used.get(key);
		if (key.equals("name")) {
			property = this.section.property(this.name);
			value = this.name;
		}
		return new InvalidSocketPropertyException(property,
				(value instanceof Enum<?> constant) ? SessionSpecs.asWritten(constant) : value, problem,
				(remedy != null) ? remedy : "Change " + property, cause);
	}

	/** Warns about a key that changes nothing. */
	void pointless(String key, String reason) {
		PointlessSettings.report(this.section, this.name, key, reason);
	}

}
