package dev.socketserver.autoconfigure.block;

import dev.socketserver.ServerHandler;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * A server of the properties, as modules see it that add something to it. Keys are paths
 * within its block, such as {@code limits.frame}.
 */
public interface BlockServer {

	/** Its name. */
	String name();

	/** How messages name it, such as {@code server 'orders'}. */
	String owner();

	/** What the properties say about it, with what it inherits. */
	ServerProperties properties();

	/** What its application has. */
	BeanFactory beans();

	/** The full name of a key, wherever its value has come from. */
	String own(String key);

	/** Whether a key has a value, be it inherited. */
	boolean isSet(String key);

	/**
	 * Creates the exception for a wrong value.
	 * @param key the key
	 * @param problem what is wrong with its value
	 * @param remedy what to do about it, a sentence without a full stop; {@code null} for
	 * a change of the property
	 * @return the exception, which names the property that the value came from
	 */
	InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy);

	/** Warns about keys that have no effect, as far as the server sets them itself. */
	void pointless(String reason, String... keys);

	/** Its handler, as beans make it; {@code null} if it has none. */
	@Nullable ServerHandler handler();

	/** Whether the application adds the handler, after all that the properties say. */
	boolean isHandlerLate();

	/**
	 * Returns what reads payloads where there is no handler.
	 * @throws InvalidSocketPropertyException if nothing does
	 */
	PayloadConverter<?> reader(String who);

}
