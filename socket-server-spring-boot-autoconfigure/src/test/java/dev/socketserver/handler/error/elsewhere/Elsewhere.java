package dev.socketserver.handler.error.elsewhere;

import dev.socketserver.annotation.OnMessage;

/** A handler of another package than that of its test. */
public class Elsewhere {

	@OnMessage
	String message(String line) {
		throw new IllegalStateException(line);
	}

}
