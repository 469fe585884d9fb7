package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.util.function.Function;

import dev.socketserver.ServerHandler;
import dev.socketserver.handler.BuiltInHandler;
import dev.socketserver.repl.Repl;

/**
 * A handler that needs no bean.
 *
 * @param handlers makes it, for peers that use a charset
 * @param console whether it evaluates what its peers type
 */
record BuiltIn(Function<Charset, ServerHandler> handlers, boolean console) {

	/**
	 * Finds a handler.
	 * @param word its word
	 * @param consoles makes it if it is a console
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
