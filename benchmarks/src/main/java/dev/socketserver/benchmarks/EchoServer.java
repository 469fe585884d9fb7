package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * A server under comparison. It listens on the IPv4 loopback address, does all its I/O on
 * one thread where that can be chosen, and sends each message back, or to all. What it
 * calls for a message is {@link Service#reply}, with a {@code String}, as an application
 * would.
 */
interface EchoServer {

	/** Most bytes of a message, for those who want to know. */
	int MAX_MESSAGE = 64 * 1024;

	/** As many connections as a run can have, for those who want to know. */
	int MAX_CONNECTIONS = 9_999;

	/**
	 * Starts to listen; called once for each service. The server lives until its JVM
	 * ends.
	 * @param service what to do for messages
	 * @return the port
	 * @throws IOException if it cannot listen
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	int start(Service service) throws IOException, InterruptedException;

	/**
	 * Returns where the server may be asked how it does.
	 * @return the address that those of its endpoints begin with, or {@code null} if it
	 * can have none
	 */
	default @Nullable URI endpoints() {
		return null;
	}

}
