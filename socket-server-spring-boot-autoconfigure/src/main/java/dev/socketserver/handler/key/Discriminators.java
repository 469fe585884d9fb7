package dev.socketserver.handler.key;

import java.nio.charset.Charset;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Makes discriminators of what properties say.
 */
public final class Discriminators {

	private static final String JACKSON = "tools.jackson.databind.json.JsonMapper";

	private static final Pattern BYTES = Pattern.compile("bytes:(\\d{1,9}):(\\d{1,9})");

	private Discriminators() {
	}

	/**
	 * Returns a discriminator that is built in.
	 * @param written what the property says
	 * @param charset the charset of text
	 * @param beans has a mapper for JSON
	 * @return the discriminator, or {@code null} if the property names a bean
	 * @throws IllegalArgumentException if it can be neither; the message says why
	 */
	public static @Nullable Discriminator builtIn(String written, Charset charset, ListableBeanFactory beans) {
		if (written.equals("word")) {
			return new WordDiscriminator(charset);
		}
		if (written.equals("type")) {
			return Discriminator.TYPE;
		}
		if (written.startsWith("bytes:")) {
			Matcher bytes = BYTES.matcher(written);
			if (!bytes.matches() || Integer.parseInt(bytes.group(2)) == 0) {
				throw new IllegalArgumentException("it must be bytes:<offset>:<length>, with a length of at least 1");
			}
			return new BytesDiscriminator(Integer.parseInt(bytes.group(1)), Integer.parseInt(bytes.group(2)));
		}
		return written.startsWith("json:") ? json(written.substring("json:".length()), beans) : null;
	}

	private static Discriminator json(String pointer, ListableBeanFactory beans) {
		if (!pointer.startsWith("/")) {
			throw new IllegalArgumentException("it must be json: and a JSON pointer, such as json:/type");
		}
		if (!ClassUtils.isPresent(JACKSON, Discriminators.class.getClassLoader())) {
			throw new IllegalArgumentException("Jackson, which reads JSON, is not on the class path");
		}
		return JsonDiscriminator.of(beans, pointer);
	}

	/**
	 * Returns a discriminator that the application has written.
	 * @param name the name of the bean
	 * @param function the bean
	 * @return the discriminator
	 */
	public static Discriminator bean(String name, Function<byte[], ?> function) {
		return new BeanDiscriminator(name, function);
	}

}
