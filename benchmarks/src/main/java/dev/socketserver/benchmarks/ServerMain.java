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
 * Runs one server in a JVM of its own: prints {@code port N...} when it listens, a port
 * for each service that it was asked for, and behind them the address of endpoints to
 * poll, if there are any; answers {@code heap} with the live heap in bytes, and ends with
 * its standard input, which is the end of whoever started it, however that came.
 */
final class ServerMain {

	/** What is asked for on standard input. */
	static final String HEAP = "heap";

	/** What only dies in one collection is not live, but what refers to it is. */
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
			// What the first line costs is not the server's that happens to write it.
			LoggerFactory.getLogger(ServerMain.class).info("Starts {}", arguments[0]);
			// Some would quietly use NIO.
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
			// Sessions are of no interest, and there are threads that are no daemons.
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
