package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.util.function.Function;

import dev.socketserver.ServerHandler;
import dev.socketserver.handler.BuiltInHandler;
import dev.socketserver.repl.Repl;

/**
 * A handler that needs no bean: one of {@link BuiltInHandler}, or the console.
 *
 * @param handlers creates the handler, given the charset of the server's text
 * @param console whether it is the console, which evaluates what its peers type
 */
record BuiltIn(Function<Charset, ServerHandler> handlers, boolean console) {

	/**
	 * Finds a built-in handler.
	 * @param word the word that names it
	 * @param consoles creates the handler if it is the console
	 * @return the handler
	 */
	static BuiltIn of(String word, Consoles consoles) {
		if (word.equals(Repl.NAME)) {
			return new BuiltIn(consoles::handler, true);
		}
		BuiltInHandler handler = BuiltInHandler.of(word);
		if (handler == null) {
			throw new IllegalArgumentException("No handler '" + word + "' is built in");
		}
		return new BuiltIn((charset) -> handler.serverHandler(), false);
	}

	ServerHandler handler(Charset charset) {
		return this.handlers.apply(charset);
	}

}
