package dev.socketserver.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts of the directory. */
enum RedisScript {

	RENEW, CLAIM, RELEASE, SWEEP, LEAVE;

	private final String text;

	private final String digest;

	RedisScript() {
		this.text = read("common") + read(name().toLowerCase(Locale.ROOT));
		this.digest = digest(this.text);
	}

	private static String read(String name) {
		try (InputStream in = RedisScript.class.getResourceAsStream(name + ".lua")) {
			if (in == null) {
				throw new IllegalStateException("There is no script '" + name + "'");
			}
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String digest(String text) {
		try {
			// Redis names scripts so.
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	String text() {
		return this.text;
	}

	String digest() {
		return this.digest;
	}

}
