package dev.socketserver.exchange.call;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Reads a reply whose class does not say what is in it, such as a list. A request knows
 * the class alone, of which JSON would make what JSON has. Immutable.
 *
 * @param type the class of the reply
 * @param converter reads it with what is in it
 */
record ReplyContents(Class<?> type, PayloadConverter<?> converter) {

	/** What JSON has itself, and what promises nothing. */
	private static final Set<String> PLAIN = Set.of("java.lang.Object", "java.lang.String", "java.lang.Boolean",
			"java.lang.Integer", "java.lang.Number", "java.util.List", "java.util.Map", "java.util.Collection",
			"java.lang.Iterable");

	/**
	 * Finds what reads a reply.
	 * @param reply its type
	 * @param beans has the converters
	 * @param title what to call the method
	 * @return what reads it, or {@code null} if its class is enough, or there is no
	 * converter
	 */
	static @Nullable ReplyContents of(ResolvableType reply, ConfigurableListableBeanFactory beans, String title) {
		if (Stream.of(reply.getGenerics()).allMatch(ReplyContents::isPlain)) {
			return null;
		}
		try {
			return new ReplyContents(reply.resolve(Object.class),
					new PayloadConverters(beans).reading(reply, PayloadSettings.DEFAULT, title));
		}
		catch (InvalidHandlerException ex) {
			// The check of all replies says so.
			return null;
		}
	}

	private static boolean isPlain(ResolvableType element) {
		Class<?> type = element.resolve();
		return type == null || (PLAIN.contains(type.getName())
				&& Stream.of(element.getGenerics()).allMatch(ReplyContents::isPlain));
	}

	/** Whether the peer's own converters have one of that class. */
	boolean isKnown(List<SessionSpec> specs) {
		for (SessionSpec spec : specs) {
			for (PayloadConverter<?> known : spec.converters()) {
				if (known.type() == this.type) {
					return true;
				}
			}
		}
		return false;
	}

	/** Converts a reply. */
	Object read(byte[] bytes) {
		try {
			return this.converter.read(bytes, 0, bytes.length);
		}
		catch (Exception ex) {
			throw new CompletionException(new PayloadException(this.type, ex));
		}
	}

}
