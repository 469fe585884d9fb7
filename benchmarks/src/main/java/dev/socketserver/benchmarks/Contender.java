package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.ExecutionMode;
import org.jspecify.annotations.Nullable;

/**
 * The servers that can be compared.
 */
enum Contender {

	/** The yardstick, and the only one that is no JVM. */
	C("c", "C, epoll, one thread", null),

	EVENT_LOOP("event-loop", ExecutionMode.EVENT_LOOP),

	VIRTUAL("virtual", ExecutionMode.VIRTUAL),

	POOL("pool", ExecutionMode.POOL),

	NETTY_GATHERED("netty-gathered", "Netty, replies gathered", GatheringNettyEcho::new),

	NETTY_FLUSHING("netty-flushing", "Netty, a flush for each reply", FlushingNettyEcho::new),

	REACTOR_NETTY("reactor-netty", "Reactor Netty", ReactorNettyEcho::new),

	VERTX("vertx", "Vert.x", VertxEcho::new);

	private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

	private final String id;

	private final String title;

	private final @Nullable Supplier<EchoServer> server;

	Contender(String id, ExecutionMode mode) {
		this(id, "Socket Server, `" + id + "`" + ((mode == ExecutionMode.AUTO.resolve()) ? " (the default here)" : ""),
				() -> new SocketServerEcho(mode));
	}

	Contender(String id, String title, @Nullable Supplier<EchoServer> server) {
		this.id = id;
		this.title = title;
		this.server = server;
	}

	/**
	 * Returns the name by which people choose the server.
	 * @return the name, for command lines
	 */
	String id() {
		return this.id;
	}

	/**
	 * Returns what the server is.
	 * @return the description, for reports
	 */
	String title() {
		return this.title;
	}

	/** Whether this JVM can run it. */
	boolean isAvailable() {
		return this != VIRTUAL || Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS;
	}

	/** Whether it runs in a JVM; else it is a program in C. */
	boolean isJava() {
		return this.server != null;
	}

	/**
	 * Makes the server.
	 * @return the server, not started
	 */
	EchoServer server() {
		if (this.server == null) {
			throw new IllegalStateException(this.id + " does not run in a JVM");
		}
		return this.server.get();
	}

	/**
	 * Returns those that this JVM can run.
	 * @return the servers, in the order of reports
	 */
	static List<Contender> available() {
		return Arrays.stream(values()).filter(Contender::isAvailable).toList();
	}

	/**
	 * Finds servers by their names.
	 * @param ids the names, separated by commas
	 * @return the servers, in that order, each once
	 * @throws BenchmarkException if there is no such server, or this JVM cannot run it
	 */
	static List<Contender> parse(String ids) {
		List<Contender> found = new ArrayList<>();
		for (String id : ids.split(",", -1)) {
			Contender contender = Arrays.stream(values())
				.filter((candidate) -> candidate.id.equals(id))
				.findFirst()
				.orElseThrow(() -> new BenchmarkException("There is no server '" + id + "', but "
						+ Arrays.stream(values()).map(Contender::id).collect(Collectors.joining(", "))));
			if (!contender.isAvailable()) {
				throw new BenchmarkException("The server '" + id + "' needs Java " + FIRST_WITH_VIRTUAL_THREADS
						+ " or later, and this is Java " + Runtime.version().feature());
			}
			if (!found.contains(contender)) {
				found.add(contender);
			}
		}
		return found;
	}

}
