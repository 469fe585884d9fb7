package dev.socketserver.benchmarks;

import java.io.IOException;

/**
 * A server under comparison. It listens on the IPv4 loopback address, does all its I/O on
 * one event loop, on epoll, and sends each line back with a line feed behind it. What it
 * calls for a line is {@link #reply}, with a {@code String}, as an application would.
 */
interface EchoServer {

	/** Most bytes of a line, for those who want to know. */
	int MAX_LINE = 64 * 1024;

	/**
	 * Starts to listen; called once. The server lives until its JVM ends.
	 * @return the port
	 * @throws IOException if it cannot listen
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	int start() throws IOException, InterruptedException;

	/**
	 * The application: the same for all servers.
	 * @param line a line without its end
	 * @return the reply, without its end
	 */
	static String reply(String line) {
		return line;
	}

}
