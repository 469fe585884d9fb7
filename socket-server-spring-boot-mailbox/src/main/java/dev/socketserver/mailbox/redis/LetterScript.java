package dev.socketserver.mailbox.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/** The scripts of the store. */
enum LetterScript {

	POST, LIST, CANCEL, CLAIM, END, GIVEBACK, EXPIRE, FORGET, DUE, CHECK;

	@SuppressWarnings("rawtypes") // what the template asks for
	private final DefaultRedisScript<List> script;

	LetterScript() {
		this.script = new DefaultRedisScript<>(read("common") + read(name().toLowerCase(Locale.ROOT)), List.class);
	}

	private static String read(String name) {
		try {
			return new ClassPathResource(name + ".lua", LetterScript.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("rawtypes") // what the template asks for
	RedisScript<List> script() {
		return this.script;
	}

}
