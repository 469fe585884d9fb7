package dev.socketserver.handler.intercept;

import dev.socketserver.annotation.OnMessage;

/** Has a method that a class of another package cannot override. */
public class PackagePrivateMethods {

	@OnMessage
	String on(String line) {
		return "secret " + line;
	}

}
