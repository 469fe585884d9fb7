package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

import dev.socketserver.handler.InvalidHandlerException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The values of one entry, or of a block in it: its own and those that it inherits.
 * Remembers which of them were read and where they came from, so that messages can name
 * the property.
 *
 * @param <P> the type of the block, which own and inherited values have in common
 */
final class EntryValues<P> {

	private final Section section;

	private final String name;

	/**
	 * The path of the block within the entry, with a dot at its end; empty for the entry
	 * itself.
	 */
	private final String prefix;

	private final @Nullable P own;

	private final @Nullable P shared;

	/** The own values that were read, by their paths within the entry. */
	private final Map<String, Object> readOwn;

	/** The shared values that were read because the entry has none of its own. */
	private final Map<String, Object> readShared;

	private final Environment environment;

	/**
	 * Creates the values of an entry.
	 * @param section where the entry is
	 * @param name the entry's name
	 * @param own the entry's own values
	 * @param shared the values that it inherits where it has none of its own
	 * @param environment knows how values are written
	 */
	EntryValues(Section section, String name, P own, P shared, Environment environment) {
		this(section, name, "", own, shared, new HashMap<>(), new HashMap<>(), environment);
	}

	private EntryValues(Section section, String name, String prefix, @Nullable P own, @Nullable P shared,
			Map<String, Object> readOwn, Map<String, Object> readShared, Environment environment) {
		this.section = section;
		this.name = name;
		this.prefix = prefix;
		this.own = own;
		this.shared = shared;
		this.readOwn = readOwn;
		this.readShared = readShared;
		this.environment = environment;
	}

	Section section() {
		return this.section;
	}

	String name() {
		return this.name;
	}

	/** The entry as messages name it, such as {@code server 'orders'}. */
	String owner() {
		return "%s '%s'".formatted(this.section.word(), this.name);
	}

	/** The own values of an entry as a whole; not for blocks, which may be absent. */
	P own() {
		return Objects.requireNonNull(this.own);
	}

	/** What an entry as a whole inherits; not for blocks, which may be absent. */
	P shared() {
		return Objects.requireNonNull(this.shared);
	}

	/**
	 * Returns the values of a block.
	 * @param key the key of the block
	 * @param block gets the block from its parent
	 * @param <B> the type of the block
	 * @return the values, or {@code null} if neither the entry nor what it inherits has
	 * that block, as is most often so
	 */
	<B> @Nullable EntryValues<B> block(String key, Function<? super P, ? extends @Nullable B> block) {
		return block(key, (this.own != null) ? block.apply(this.own) : null,
				(this.shared != null) ? block.apply(this.shared) : null);
	}

	/** Like {@link #block(String, Function)}, with the blocks themselves. */
	<B> @Nullable EntryValues<B> block(String key, @Nullable B own, @Nullable B shared) {
		return (own != null || shared != null) ? new EntryValues<>(this.section, this.name, whole(key) + ".", own,
				shared, this.readOwn, this.readShared, this.environment) : null;
	}

	/**
	 * The keys that the entry sets itself, as paths within the entry. Contains only keys
	 * that were read.
	 */
	Set<String> ownKeys() {
		return this.readOwn.keySet();
	}

	/** Whether the entry sets a key itself. Known only once the key was read. */
	boolean isOwn(String key) {
		return this.readOwn.containsKey(whole(key));
	}

	private String whole(String key) {
		return this.prefix + key;
	}

	/** Remembers the value of a key that is read elsewhere, and never inherited. */
	void note(String key, @Nullable Object value) {
		if (value != null) {
			this.readOwn.put(whole(key), value);
		}
	}

	<T> @Nullable T get(String key, Function<? super P, ? extends @Nullable T> value) {
		return either(key, (this.own != null) ? value.apply(this.own) : null,
				(this.shared != null) ? value.apply(this.shared) : null);
	}

	/**
	 * Like {@link #get(String, Function)}, with the values themselves. For what is read
	 * of every server: the JVM makes a class for each place with a reference to a method.
	 */
	<T> @Nullable T either(String key, @Nullable T own, @Nullable T shared) {
		if (own != null) {
			this.readOwn.put(whole(key), own);
			return own;
		}
		if (shared != null) {
			this.readShared.put(whole(key), shared);
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
		return (size != null) ? bytes(key, size) : null;
	}

	/** Returns the number of bytes of a size. */
	int bytes(String key, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw invalid(key, "it must be below 2 GB", "Set it to a smaller size", null);
		}
		return (int) Math.max(size.toBytes(), -1);
	}

	void timeout(String key, Function<? super P, @Nullable Duration> value, Consumer<@Nullable Duration> action) {
		with(key, value, (timeout) -> action.accept(timeout.isZero() ? null : timeout));
	}

	/** Returns the name of the property that a value came from. */
	String property(String key) {
		String whole = whole(key);
		return this.readShared.containsKey(whole) ? Section.DEFAULTS + "." + whole
				: this.section.property(this.name, whole);
	}

	/**
	 * Returns what to do about a wrong value. An inherited value may be right for other
	 * servers, and wrong for this one only.
	 * @param key the key
	 * @param property the property that the value came from
	 * @return the remedy, without a full stop
	 */
	String change(String key, String property) {
		return "Change " + property + alternative(key, property);
	}

	/**
	 * Returns what else can be done about a wrong value that other servers inherit, too.
	 * @param key the key
	 * @param property the property that the value came from
	 * @return the end of a remedy, empty if only this entry has the value
	 */
	String alternative(String key, String property) {
		return property.startsWith(Section.DEFAULTS + ".") ? ", or set " + this.section.property(this.name, whole(key))
				: "";
	}

	InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy,
			@Nullable Throwable cause) {
		Object shared = this.readShared.get(whole(key));
		String property = property(key);
		Object value = (shared != null) ? shared : this.readOwn.get(whole(key));
		if (whole(key).equals("name")) {
			property = this.section.property(this.name);
			value = this.name;
		}
		return new InvalidSocketPropertyException(property, written(property, value), problem,
				(remedy != null) ? remedy : (value != null) ? change(key, property) : "Set " + property, cause);
	}

	/**
	 * Returns a value as it is written. A size may have been written in another unit than
	 * the one in which it is a short number.
	 */
	private @Nullable Object written(String property, @Nullable Object value) {
		String text = (value instanceof DataSize) ? this.environment.getProperty(property) : null;
		return (text != null) ? text : value;
	}

	/**
	 * Returns the exception for a handler that cannot serve the entry. It begins with the
	 * property only if that is set, and may be what is wrong.
	 */
	InvalidSocketPropertyException unusable(InvalidHandlerException failure) {
		String key = failure.key();
		Object own = this.readOwn.get(whole(key));
		if (!failure.inBean() && (own != null || this.readShared.containsKey(whole(key)))) {
			return invalid(key, "%s has no usable handler: %s".formatted(owner(), failure.getMessage()),
					failure.remedy(), failure);
		}
		String chosen = (own != null) ? " (%s is '%s')".formatted(property(key), own) : "";
		return InvalidSocketPropertyException.elsewhere(property(key), (own != null) ? own.toString() : null,
				"%s has no usable handler%s: %s".formatted(StringUtils.capitalize(owner()), chosen,
						failure.getMessage()),
				failure.remedy(), failure);
	}

	/** Warns about a key that has no effect. */
	void pointless(String key, String reason) {
		PointlessSettings.report(this.section, this.name, whole(key), reason);
	}

}
