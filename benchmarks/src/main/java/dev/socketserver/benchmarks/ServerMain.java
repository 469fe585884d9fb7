package dev.socketserver.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.channel.epoll.Epoll;
import org.slf4j.LoggerFactory;

/**
 * Runs one server in a JVM of its own. When the server listens, it prints
 * {@code port N...}: a port for each service, and after them the address of the endpoints
 * to poll, if there are any. It answers {@code heap} on its standard input with the live
 * heap in bytes, and exits when its standard input ends, which also happens when the
 * process that started it ends in any way.
 */
final class ServerMain {

	/** The request on standard input for the live heap. */
	static final String HEAP = "heap";

	/**
	 * How often the heap is collected, since objects may become unreachable only through
	 * an earlier collection.
	 */
	private static final int COLLECTIONS = 3;

	private ServerMain() {
	}

	/**
	 * Runs a server.
	 * @param arguments the name of the server, and those of its services
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try {
			// The first line of the log is expensive, and should not be counted for the
			// server that happens to write it.
			LoggerFactory.getLogger(ServerMain.class).info("Starts {}", arguments[0]);
			// Without epoll, some servers would quietly use NIO.
			Epoll.ensureAvailability();
			EchoServer server = Contender.parse(arguments[0]).get(0).server();
			StringBuilder ports = new StringBuilder("port");
			for (String service : Arrays.copyOfRange(arguments, 1, arguments.length)) {
				ports.append(' ').append(server.start(Service.of(service)));
			}
			URI endpoints = server.endpoints();
			System.out.println((endpoints != null) ? ports + " " + endpoints : ports);
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				if (line.equals(HEAP)) {
					System.out.println(HEAP + " " + liveHeap());
				}
			}
			status = 0;
		}
		catch (IOException | InterruptedException | RuntimeException | LinkageError ex) {
			ex.printStackTrace();
		}
		finally {
			// Sessions do not have to end in good order, and threads that are not daemons
			// would keep the JVM alive.
			Runtime.getRuntime().halt(status);
		}
	}

	private static long liveHeap() {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		for (int i = 0; i < COLLECTIONS; i++) {
			memory.gc();
		}
		return memory.getHeapMemoryUsage().getUsed();
	}

}
