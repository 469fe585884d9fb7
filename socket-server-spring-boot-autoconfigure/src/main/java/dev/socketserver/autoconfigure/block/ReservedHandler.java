package dev.socketserver.autoconfigure.block;

import java.nio.charset.Charset;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * A handler of a module, under a word that no bean can take. Its server is one of its own
 * kind: what it inherits is meant for others, its text is lines, and it keeps no JVM
 * alive. Such a handler is named in {@code META-INF/spring.factories}, and has no state:
 * what it needs are beans.
 */
public interface ReservedHandler {

	/**
	 * Returns the value of the property {@code handler} that stands for it.
	 * @return the word
	 */
	String word();

	/**
	 * Returns why its calls run on platform threads.
	 * @return the reason, such as {@code the console evaluates on platform threads}
	 */
	String whyOnThreads();

	/**
	 * Returns why nobody has to log in by {@code login.*}, which asks for a principal or
	 * an identity.
	 * @return the reason, such as what keeps others out in its place
	 */
	String whyNoLogin();

	/**
	 * Returns why a server of UDP cannot have it.
	 * @return the reason
	 */
	String whyNoDatagrams();

	/**
	 * Checks what the module is asked for beside servers, once at each start.
	 * @param beans has what the module makes
	 * @param environment has the properties
	 * @throws InvalidSocketPropertyException if that cannot work
	 */
	void check(BeanFactory beans, Environment environment);

	/**
	 * Creates the handler of a server.
	 * @param server the server
	 * @param charset the charset of its text
	 * @return the handler
	 * @throws InvalidSocketPropertyException if the application lacks what makes it
	 */
	ServerHandler handler(BlockServer server, Charset charset);

	/**
	 * Checks a server that has the handler.
	 * @param server the server
	 * @param spec its specification
	 * @throws InvalidSocketPropertyException if it cannot work, or is not safe
	 */
	void check(BlockServer server, ServerSpec spec);

}
