package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that stop and listen again, or whose port the test looks at when they
 * have stopped.
 */
public final class Ports {

	private static final int FIRST = 20_000;

	private static final int LAST = 31_999;

	private Ports() {
	}

	/**
	 * Returns a port that is free for IPv4 and IPv6 alike. The system gives it to nobody
	 * who asks for any port, as every connection does: while nobody listens there, it
	 * stays free.
	 * @return the port
	 */
	public static int free() {
		while (true) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
			try (ServerSocket socket = new ServerSocket()) {
				socket.setReuseAddress(false);
				socket.bind(new InetSocketAddress(port));
				return port;
			}
			catch (IOException ex) {
				// Somebody has it: another one.
			}
		}
	}

}
