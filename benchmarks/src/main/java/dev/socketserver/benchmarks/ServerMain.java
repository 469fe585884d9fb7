package dev.socketserver.benchmarks;

import java.io.IOException;

import io.netty.channel.epoll.Epoll;

/**
 * Runs one server in a JVM of its own: prints {@code port N} when it listens, and ends
 * with its standard input, which is the end of whoever started it, however that came.
 */
final class ServerMain {

	private ServerMain() {
	}

	/**
	 * Runs a server.
	 * @param arguments the name of the server
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try {
			// Some would quietly use NIO.
			Epoll.ensureAvailability();
			System.out.println("port " + Contender.parse(arguments[0]).get(0).server().start());
			while (System.in.read() >= 0) {
				// Nothing is said to a server.
			}
			status = 0;
		}
		catch (IOException | InterruptedException | RuntimeException | LinkageError ex) {
			ex.printStackTrace();
		}
		finally {
			// Sessions are of no interest, and there are threads that are no daemons.
			Runtime.getRuntime().halt(status);
		}
	}

}
