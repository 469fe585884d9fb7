package dev.socketserver.autoconfigure.handler;

import java.nio.charset.Charset;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;

/**
 * Creates the handlers of servers that are consoles, and checks that only those can reach
 * a console who may. The module {@code socket-server-repl} has the implementation, which
 * is a bean if the properties ask for a console.
 */
public interface ConsoleHandlers {

	/** The value of the property {@code handler} of a console. */
	String WORD = "repl";

	/**
	 * Creates the handler of a console.
	 * @param charset the charset of what peers type
	 * @return the handler
	 */
	ServerHandler handler(Charset charset);

	/**
	 * Checks a server that is a console.
	 * @param spec the server
	 * @param invalid creates the exception for a wrong value of the server
	 * @throws InvalidSocketPropertyException if the console is not safe, or could not
	 * read lines or evaluate expressions
	 */
	void check(ServerSpec spec, InvalidValue invalid);

	/** Creates the exception for a wrong value of a server. */
	@FunctionalInterface
	interface InvalidValue {

		/**
		 * Creates the exception.
		 * @param key the key, as a path within the server's block
		 * @param problem what is wrong with its value
		 * @param remedy what to do about it, a sentence without a full stop
		 * @return the exception, which names the property
		 */
		InvalidSocketPropertyException of(String key, String problem, String remedy);

	}

}
