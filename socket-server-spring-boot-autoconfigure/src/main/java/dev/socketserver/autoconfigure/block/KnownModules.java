package dev.socketserver.autoconfigure.block;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * The modules that an application may have, and what is said of keys and handlers whose
 * module it lacks. The file {@code known-modules.properties} has the names and texts. It
 * is read only where there is such a key, or a handler is named by a property.
 */
public final class KnownModules {

	private static final String HANDLER = "handler.";

	private static final String REMEDY = ".remedy";

	private static final Properties TEXTS = texts();

	private KnownModules() {
	}

	private static Properties texts() {
		try {
			return PropertiesLoaderUtils
				.loadProperties(new ClassPathResource("known-modules.properties", KnownModules.class));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether a module would bring a block of keys.
	 * @param block the key of the block
	 */
	public static boolean hasBlock(String block) {
		return TEXTS.containsKey(block);
	}

	/**
	 * Whether keys of the application, in a block, are of a module, or say when changes
	 * are made.
	 * @param block the key of the block
	 */
	public static boolean isOfOne(String block) {
		return block.equals("settings") || hasBlock(block)
				|| TEXTS.stringPropertyNames()
					.stream()
					.anyMatch((key) -> key.startsWith(block + ".") && !key.startsWith(HANDLER));
	}

	/**
	 * Returns the exception for a key of a server.
	 * @param server the server
	 * @param key the key, which is in a block that a module would bring
	 */
	public static InvalidSocketPropertyException absent(BlockServer server, String key) {
		String block = key.substring(0, key.indexOf('.'));
		return server.invalid(key, TEXTS.getProperty(block), TEXTS.getProperty(block + REMEDY));
	}

	/**
	 * Returns the exception for a key of a server, or of what servers inherit.
	 * @param owner the property of either
	 * @param key the key, which is in a block that a module would bring
	 * @param value its value
	 */
	public static InvalidSocketPropertyException absent(String owner, String key, Object value) {
		return without(owner + "." + key, value, key.substring(0, key.indexOf('.')));
	}

	/**
	 * Returns the exception for a key of the application.
	 * @param key the key
	 * @param value its value
	 * @return the exception, or {@code null} if no module would bring the key
	 */
	public static @Nullable InvalidSocketPropertyException ifAbsent(String key, Object value) {
		String block = TEXTS.containsKey(key) ? key : key.split("\\.")[0];
		boolean off = block.contains(".") && value.toString().equals("false");
		return (hasBlock(block) && !off) ? without("socket." + key, value, block) : null;
	}

	private static InvalidSocketPropertyException without(String property, Object value, String block) {
		return new InvalidSocketPropertyException(property, value, TEXTS.getProperty(block),
				TEXTS.getProperty(block + REMEDY));
	}

	/**
	 * Whether a module would bring a handler.
	 * @param word the value of the property {@code handler}
	 */
	public static boolean hasHandler(String word) {
		return TEXTS.containsKey(HANDLER + word);
	}

	/**
	 * Returns the exception for the handler of a server.
	 * @param server the server
	 * @param word the word of the handler, which a module would bring
	 */
	public static InvalidSocketPropertyException noHandler(BlockServer server, String word) {
		return server.invalid("handler", TEXTS.getProperty(HANDLER + word), TEXTS.getProperty(HANDLER + word + REMEDY));
	}

	/** The words of the handlers that modules bring. */
	public static List<String> handlers() {
		return TEXTS.stringPropertyNames()
			.stream()
			.filter((key) -> key.startsWith(HANDLER) && key.indexOf('.', HANDLER.length()) < 0)
			.map((key) -> key.substring(HANDLER.length()))
			.toList();
	}

	/**
	 * Returns why a client cannot have a handler.
	 * @param word the word of the handler, which a module brings or would bring
	 */
	public static String whyServersOnly(String word) {
		return TEXTS.getProperty(HANDLER + word + ".servers-only", "it is for servers only");
	}

	/**
	 * Returns why a server is neither given a handler nor loses it while it is known.
	 * @param word the word of the handler, which a module brings or would bring
	 */
	public static String whyRestart(String word) {
		return TEXTS.getProperty(HANDLER + word + ".restart", "the handler '%s' is made with it".formatted(word));
	}

}
