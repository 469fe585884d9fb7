package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * A server that is compared with others. It listens on the IPv4 loopback address, does
 * all I/O on {@link #LOOPS one thread} where that can be configured, and sends each
 * message back, or to all connections. For each message it calls {@link Service#reply}
 * with a {@code String}, as an application would.
 */
interface EchoServer {

	/** Greatest length of a message in bytes, for servers that need a limit. */
	int MAX_MESSAGE = 64 * 1024;

	/** Greatest number of connections in a run, for servers that need a limit. */
	int MAX_CONNECTIONS = 9_999;

	/**
	 * How many threads do I/O: in this project, plain Netty and Vert.x. The option
	 * {@code --loops} sets it.
	 */
	int LOOPS = Integer.getInteger("benchmarks.loops", 1);

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
	 * Returns where the actuator endpoints of the server are.
	 * @return the beginning of the addresses of all its endpoints, or {@code null} if it
	 * has none
	 */
	default @Nullable URI endpoints() {
		return null;
	}

}
