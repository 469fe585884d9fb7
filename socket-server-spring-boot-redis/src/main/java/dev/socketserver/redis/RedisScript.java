package dev.socketserver.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.DigestUtils;

/** The scripts of the directory. */
enum RedisScript {

	RENEW, CLAIM, RELEASE, SWEEP, LEAVE;

	private final String text;

	private final String digest;

	RedisScript() {
		this.text = read("common") + read(name().toLowerCase(Locale.ROOT));
		// Redis names scripts so.
		this.digest = DigestUtils.sha1DigestAsHex(this.text);
	}

	private static String read(String name) {
		try {
			return new ClassPathResource(name + ".lua", RedisScript.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String text() {
		return this.text;
	}

	String digest() {
		return this.digest;
	}

}
