package dev.socketserver.benchmarks.density;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.benchmarks.SelfSignedTls;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * One of the processes that share a port. Each session has an idle timeout, is bound to
 * the identity that its first line is, and is listed. Everything else is the default,
 * except when the kernel looks for peers that are gone.
 * <p>
 * Prints the port. Answers each line on its standard input with a number:
 * {@code sessions} with the number of open sessions, {@code listed} with the number of
 * those that the list shows with an identity, {@code collect} with the bytes of live heap
 * after a garbage collection, and {@code broadcast TEXT} with the number of sessions that
 * have taken the text. Ends with its standard input.
 */
final class DensityServer {

	/** No run takes as long, so that no silent session is closed. */
	private static final Duration IDLE = Duration.ofHours(2);

	/**
	 * By default the kernel asks silent peers after a minute whether they are there. All
	 * sessions that were opened at the same time are asked at the same time, which is
	 * more than the queue of the loopback device takes; and a session without an answer
	 * is closed.
	 */
	private static final Duration KEEP_ALIVE = Duration.ofHours(2);

	/** More than descriptors allow. */
	private static final int MOST_SESSIONS = 1_000_000;

	private static final String BROADCAST = "broadcast ";

	private static final String DEVICE = "device";

	private DensityServer() {
	}

	/**
	 * Runs a server.
	 * @param arguments the port, or 0 for a free one; and whether sessions are encrypted
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try {
			SocketServer server = new NettySocketServers(List::of, 1)
				.register(spec(Integer.parseInt(arguments[0]), Boolean.parseBoolean(arguments[1])));
			server.start();
			System.out.println(Objects.requireNonNull(server.localAddress()).getPort());
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				System.out.println(answer(server, line));
			}
			status = 0;
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			ex.printStackTrace();
		}
		finally {
			// Sessions do not have to end in good order.
			Runtime.getRuntime().halt(status);
		}
	}

	private static ServerSpec spec(int port, boolean encrypted) {
		return ServerSpec.builder("density")
			.port(port)
			.options((options) -> options.keepAliveIdle(KEEP_ALIVE).reusePort(true))
			.limits((l) -> l.sessions(MOST_SESSIONS).pending(MOST_SESSIONS))
			.timeouts((t) -> t.idle(IDLE))
			.tls(encrypted ? SelfSignedTls.create() : null)
			.handler(new ServerHandler.Messages("login", PayloadConverter.text(StandardCharsets.UTF_8), false,
					(spec) -> new Login()))
			.build();
	}

	private static long answer(SocketServer server, String line) {
		if (line.startsWith(BROADCAST)) {
			return server.broadcast(line.substring(BROADCAST.length()));
		}
		return switch (line) {
			case "sessions" -> server.sessions().count();
			case "listed" -> server.sessions().filter((session) -> session.info().bound().containsKey(DEVICE)).count();
			case "collect" -> {
				ManagementFactory.getMemoryMXBean().gc();
				ManagementFactory.getMemoryMXBean().gc();
				yield ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
			}
			default -> throw new IllegalArgumentException("There is no command '" + line + "'");
		};
	}

	/** Takes the line that a peer sends for its identity. */
	private static final class Login implements SessionHandler {

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			session.bind(DEVICE, payload.toString());
			return null;
		}

	}

}
