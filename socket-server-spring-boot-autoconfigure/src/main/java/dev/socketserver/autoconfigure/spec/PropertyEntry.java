package dev.socketserver.autoconfigure.spec;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.util.ObjectUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * A server or client of the properties, or a listener of a server, as messages name it
 * and its keys. Keys are paths within the entry, such as {@code limits.frame}.
 */
final class PropertyEntry {

	private static final SafeLogger logger = SafeLogger.of(PropertyEntry.class);

	/** Keys that are words of Java, and the components that have them. */
	private static final Map<String, String> RENAMED = Map.of("wait", "await", "for", "time");

	private final Section section;

	private final String name;

	/** The server that has it, if it is a listener. */
	private final @Nullable PropertyEntry server;

	private final SessionProperties values;

	private final Environment environment;

	/**
	 * Creates an entry.
	 * @param section where it is
	 * @param name its name
	 * @param values its values, with those that it inherits
	 * @param environment knows where they are from
	 */
	PropertyEntry(Section section, String name, SessionProperties values, Environment environment) {
		this(section, name, null, values, environment);
	}

	private PropertyEntry(Section section, String name, @Nullable PropertyEntry server, SessionProperties values,
			Environment environment) {
		this.section = section;
		this.name = name;
		this.server = server;
		this.values = values;
		this.environment = environment;
	}

	/**
	 * Returns the entry of a listener of this server.
	 * @param listener the name of the listener
	 * @param listens its values, with those that it inherits
	 */
	PropertyEntry listener(String listener, ServerProperties listens) {
		return new PropertyEntry(this.section, listener, this, listens, this.environment);
	}

	Section section() {
		return this.section;
	}

	String name() {
		return this.name;
	}

	/** Returns the values, with those that are inherited. */
	SessionProperties values() {
		return this.values;
	}

	/** The entry as messages name it, such as {@code server 'orders'}. */
	String owner() {
		return (this.server != null) ? "listener '%s' of %s".formatted(this.name, this.server.owner())
				: "%s '%s'".formatted(this.section.word(), this.name);
	}

	/** Returns the full name of a key of this entry, wherever its value has come from. */
	String own(String key) {
		return property() + "." + key;
	}

	/** Returns the property of the entry. */
	String property() {
		return (this.server != null) ? this.server.own("listeners." + this.name) : this.section.property(this.name);
	}

	/** Whether the entry sets a key itself. */
	boolean isOwn(String key) {
		return !isInherited(key) && read(key) != null;
	}

	/** Whether a key has its value from the shared defaults. */
	boolean isOfAllServers(String key) {
		return property(key).startsWith(Section.DEFAULTS + ".");
	}

	/** Whether a key has a value, be it inherited. */
	boolean isSet(String key) {
		return value(key) != null;
	}

	/** Returns the full name of the property that a value came from. */
	String property(String key) {
		if (this.server != null) {
			return (isOwn(key) || !this.server.isSet(key)) ? own(key) : this.server.property(key);
		}
		return isInherited(key) ? Section.DEFAULTS + "." + key : own(key);
	}

	private boolean isInherited(String key) {
		return this.values instanceof ServerProperties server && server.isInherited(key);
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
		return property.startsWith(Section.DEFAULTS + ".") ? ", or set " + own(key) : "";
	}

	/** Returns the number of bytes of a size. */
	int bytes(String key, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw invalid(key, "it must be below 2 GB", "Set it to a smaller size");
		}
		return (int) Math.max(size.toBytes(), -1);
	}

	/** Reads a text of a key, which may be an element of its list. */
	<T> T read(String key, String text, Function<String, T> reader) {
		try {
			return reader.apply(text);
		}
		catch (IllegalArgumentException ex) {
			String property = property(key);
			String rule = (ex instanceof InvalidSpecException broken) ? broken.rule() : ex.getMessage();
			throw new InvalidSocketPropertyException(property, text, "it " + rule, "Change " + property, ex);
		}
	}

	InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy) {
		return invalid(key, problem, remedy, null);
	}

	InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy,
			@Nullable Throwable cause) {
		boolean named = key.equals("name");
		String property = named ? property() : property(key);
		Object value = named ? this.name : value(key);
		return new InvalidSocketPropertyException(property, written(property, value), problem,
				(remedy != null) ? remedy : (value != null) ? change(key, property) : "Set " + property, cause);
	}

	/**
	 * Returns a value as it is written. A size may have been written in another unit than
	 * the one in which it is a short number. A number alone is given its unit.
	 */
	private @Nullable Object written(String property, @Nullable Object value) {
		String text = (value instanceof DataSize) ? this.environment.getProperty(property) : null;
		if (text == null) {
			return value;
		}
		return Character.isDigit(text.charAt(text.length() - 1)) ? text + "B" : text;
	}

	/**
	 * Returns the exception for a handler that cannot serve the entry. It begins with the
	 * property only if that is set, and may be what is wrong.
	 */
	InvalidSocketPropertyException unusable(InvalidHandlerException failure) {
		String key = failure.key();
		Object value = value(key);
		if (!failure.inBean() && value != null) {
			return invalid(key, "%s has no usable handler: %s".formatted(owner(), failure.getMessage()),
					failure.remedy(), failure);
		}
		String own = (value != null && !isInherited(key)) ? value.toString() : null;
		String chosen = (own != null) ? " (%s is '%s')".formatted(property(key), own) : "";
		return InvalidSocketPropertyException.elsewhere(property(key), own, "%s has no usable handler%s: %s"
			.formatted(StringUtils.capitalize(owner()), chosen, failure.getMessage()), failure.remedy(), failure);
	}

	/** Returns the value of a key, for a message; {@code null} if there is none. */
	private @Nullable Object value(String key) {
		Object value = read(key);
		return (value == null && this.server != null) ? this.server.value(key) : value;
	}

	private @Nullable Object read(String key) {
		Object value = this.values;
		if (this.values instanceof ServerDefaults server && server.absent().containsKey(key)) {
			return server.absent().get(key);
		}
		for (String element : key.split("\\.")) {
			value = (value != null) ? readElement(value, element) : null;
		}
		return value;
	}

	/** Reads a component, or with an index in brackets one of a list. */
	private static @Nullable Object readElement(Object block, String element) {
		int bracket = element.indexOf('[');
		if (bracket < 0) {
			return read(block, element);
		}
		int index = Integer.parseInt(element.substring(bracket + 1, element.length() - 1));
		return (read(block, element.substring(0, bracket)) instanceof List<?> list && index < list.size())
				? list.get(index) : null;
	}

	/** Reads a listener, a component of a record, or a property of a bean. */
	private static @Nullable Object read(Object block, String element) {
		if (block instanceof Map<?, ?> listeners) {
			return listeners.get(element);
		}
		if (block instanceof ServerDefaults server && server.block(element) != null) {
			return server.block(element);
		}
		StringBuilder component = new StringBuilder();
		for (String word : RENAMED.getOrDefault(element, element).split("-")) {
			component.append(StringUtils.capitalize(word));
		}
		Method method = ReflectionUtils.findMethod(block.getClass(), (block instanceof Record)
				? StringUtils.uncapitalize(component.toString()) : component.insert(0, "get").toString());
		return (method != null) ? ReflectionUtils.invokeMethod(method, block) : null;
	}

	/**
	 * Refuses keys that have no meaning, as far as the entry sets them itself.
	 * @param reason why they have none
	 * @param keys the keys
	 * @throws InvalidSocketPropertyException if it sets one
	 */
	void refuse(String reason, String... keys) {
		for (String key : keys) {
			// An empty value is as if it were not there.
			if (isOwn(key) && !ObjectUtils.isEmpty(read(key))) {
				throw invalid(key, reason, "Remove " + own(key));
			}
		}
	}

	/** Warns that a size is above the memory limit, if it is set. */
	void aboveMemory(String key, DataSize memory) {
		Object value = value(key);
		if (value != null) {
			logger.warn(
					"Property {} is {}, more than socket.limits.memory, which is {}: a session that sends so long a "
							+ "frame is closed before it is complete",
					property(key), Written.of(value), Written.of(memory));
		}
	}

	/** Warns that a load balancer may be banned for what its peers do. */
	void bansOneRange(String range) {
		logger.warn("Property {}: all peers come from {}, and without proxy-protocol a load balancer there is banned "
				+ "with all its peers", property("ban.offences"), range);
	}

	/** Warns that the system ends connections before the time of a write is over. */
	void cutsWrites(Duration userTimeout, Duration write) {
		logger.warn(
				"Property {}: a peer that does not read is reset after {} ms, before timeouts.write ({} ms) is over",
				property("options.user-timeout"), userTimeout.toMillis(), write.toMillis());
	}

	/** Warns about keys that have no effect, as far as the entry sets them itself. */
	void pointless(String reason, String... keys) {
		for (String key : keys) {
			if (isOwn(key)) {
				logger.warn("Property {} has no effect: {}", own(key), reason);
			}
		}
	}

}
