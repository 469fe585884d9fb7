package dev.socketserver.autoconfigure.handler;

import java.nio.charset.Charset;
import java.util.function.Function;

import dev.socketserver.ServerHandler;
import dev.socketserver.handler.bean.BuiltInHandler;
import org.jspecify.annotations.Nullable;

/**
 * A handler that needs no bean: one of {@link BuiltInHandler}, or the console.
 *
 * @param handlers creates the handler, given the charset of the server's text
 * @param console what checks the server if its handler is the console, which evaluates
 * what its peers type; otherwise {@code null}
 */
public record BuiltIn(Function<Charset, ServerHandler> handlers, @Nullable ConsoleHandlers console) {

	public static BuiltIn console(ConsoleHandlers console) {
		return new BuiltIn(console::handler, console);
	}

	/**
	 * Finds a handler that is no console.
	 * @param word the word that names it
	 * @return the handler
	 */
	public static BuiltIn of(String word) {
		BuiltInHandler handler = BuiltInHandler.of(word);
		if (handler == null) {
			throw new IllegalArgumentException("No handler '" + word + "' is built in");
		}
		return new BuiltIn((charset) -> handler.serverHandler(), null);
	}

	public ServerHandler handler(Charset charset) {
		return this.handlers.apply(charset);
	}

}
