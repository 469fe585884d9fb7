package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.uring.IoUring;
import org.jspecify.annotations.Nullable;

/**
 * The servers that can be compared.
 */
enum Contender implements Word {

	/** The yardstick, and the only server that does not run in a JVM. */
	C("c", "C, epoll, one thread", null,
			new Traits(1, false, false, false, Set.of(Service.LINES, Service.FRAMES, Service.BROADCAST, Service.ASK))),

	EVENT_LOOP("event-loop", ExecutionMode.EVENT_LOOP, SocketTransport.EPOLL),

	VIRTUAL("virtual", ExecutionMode.VIRTUAL, SocketTransport.EPOLL),

	POOL("pool", ExecutionMode.POOL, SocketTransport.EPOLL),

	/** The same of an earlier checkout, which shows what has changed since. */
	EVENT_LOOP_BEFORE("event-loop-before", ExecutionMode.EVENT_LOOP, SocketTransport.EPOLL),

	VIRTUAL_BEFORE("virtual-before", ExecutionMode.VIRTUAL, SocketTransport.EPOLL),

	EVENT_LOOP_URING("event-loop-uring", ExecutionMode.EVENT_LOOP, SocketTransport.IO_URING),

	VIRTUAL_URING("virtual-uring", ExecutionMode.VIRTUAL, SocketTransport.IO_URING),

	EVENT_LOOP_NIO("event-loop-nio", ExecutionMode.EVENT_LOOP, SocketTransport.NIO),

	VIRTUAL_NIO("virtual-nio", ExecutionMode.VIRTUAL, SocketTransport.NIO),

	WITH_NONE(Feature.NONE),

	WITH_FRAMES(Feature.FRAMES),

	WITH_TLS(Feature.TLS),

	WITH_RATES(Feature.RATES),

	WITH_LOGINS(Feature.LOGINS),

	WITH_BANS(Feature.BANS),

	WITH_ADDRESSES(Feature.ADDRESSES),

	WITH_TIMEOUTS(Feature.TIMEOUTS),

	WITH_HEARTBEATS(Feature.HEARTBEATS),

	WITH_PROXY(Feature.PROXY),

	WITH_TAPS(Feature.TAPS),

	WITH_OBSERVATION(Feature.OBSERVATION),

	APPLICATION("application", "Socket Server, `virtual`, in an application with metrics, health, endpoints",
			ClassPath.WHOLE),

	APPLICATION_BARE("application-bare",
			"Socket Server, `virtual`, in an application without metrics, health, endpoints", ClassPath.UNOBSERVED),

	/** Shows what it costs that a timer is fed, and does not only read counters. */
	APPLICATION_TIMED("application-timed",
			"Socket Server, `virtual`, in an application with percentiles of the handler's time",
			() -> new ApplicationEcho("--management.metrics.distribution.percentiles.socket.server.handler=0.5,0.99"),
			ClassPath.WHOLE),

	/** Shows what keys cost a message, beside the next three. */
	ONE_METHOD("one-method", "Socket Server, `virtual`, in a small application with one `@OnMessage` method",
			() -> new AnnotatedEcho("one-method"), Traits.WORDS, ClassPath.SMALL),

	EIGHT_KEYS("eight-keys",
			"Socket Server, `virtual`, in a small application with one `@OnMessage` method of eight keys",
			() -> new AnnotatedEcho("eight-keys"), Traits.WORDS, ClassPath.SMALL),

	EIGHT_METHODS("eight-methods", "Socket Server, `virtual`, in a small application with eight `@OnMessage` methods",
			() -> new AnnotatedEcho("eight-methods"), Traits.WORDS, ClassPath.SMALL),

	/** What a message costs if the handler chooses among eight methods itself. */
	EIGHT_BY_HAND("eight-by-hand",
			"Socket Server, `virtual`, in a small application with one `@OnMessage` method that calls one of eight",
			() -> new AnnotatedEcho("eight-by-hand"), Traits.WORDS, ClassPath.SMALL),

	/** Shows what it costs to store a line in Kafka, beside the next one. */
	ACKNOWLEDGING("acknowledging", "Socket Server, `virtual`, in an application that acknowledges lines",
			() -> new StoringEcho(false), Traits.STORED, ClassPath.STORING),

	STORING("storing", "Socket Server, `virtual`, in an application that acknowledges lines which Kafka has stored",
			() -> new StoringEcho(true), Traits.STORED, ClassPath.STORING),

	/** Shows what polling costs by itself, with the cheapest endpoint. */
	APPLICATION_INFO("application-info",
			"Socket Server, `virtual`, in an application whose endpoint `info` is polled, which says nothing",
			ClassPath.WHOLE, "info"),

	APPLICATION_ASKED("application-asked",
			"Socket Server, `virtual`, in an application of which one endpoint is polled", ClassPath.WHOLE,
			"socketservers"),

	APPLICATION_POLLED("application-polled",
			"Socket Server, `virtual`, in an application whose metrics and endpoints are polled", ClassPath.WHOLE,
			"socketservers", "socketservers/{service}", "prometheus"),

	/** Two nodes; needs a Redis. */
	CLUSTER("cluster", "Socket Server, `SocketCluster.send` between two nodes", ClusterEcho::new, true,
			Traits.CLUSTERED, ClassPath.NODES, List.of()),

	/** The same by hand. */
	NETTY_LETTUCE("netty-lettuce", "Netty and Lettuce, two nodes by hand", LettuceEcho::new, false, Traits.CLUSTERED,
			ClassPath.NODES, List.of()),

	SMALL("small", "Socket Server, in a small application", true, ClassPath.SMALL),

	SMALL_NETTY("small-netty", "Netty, in the same application", false, ClassPath.SMALL),

	SMALL_NETTY_ALONE("small-netty-alone", "Netty, in the same application without the starter", false,
			ClassPath.SMALL_WITHOUT_STARTER),

	NETTY_GATHERED("netty-gathered", "Netty, replies gathered", () -> new GatheringNettyEcho(false), Traits.NONE),

	NETTY_GATHERED_URING("netty-gathered-uring", "Netty, replies gathered, io_uring",
			() -> new GatheringNettyEcho(true), new Traits(1, false, false, true, Traits.NO_REQUESTS)),

	NETTY_FLUSHING("netty-flushing", "Netty, a flush for each reply", FlushingNettyEcho::new,
			new Traits(5, false, false, false, Traits.ALL)),

	REACTOR_NETTY("reactor-netty", "Reactor Netty", ReactorNettyEcho::new,
			new Traits(1, false, false, false, Traits.REPLIES)),

	VERTX("vertx", "Vert.x", VertxEcho::new, Traits.NONE),

	MINA("mina", "MINA", MinaEcho::new,
			new Traits(5, false, false, false, Set.of(Service.LINES, Service.BLOCKING, Service.BROADCAST))),

	SPRING_INTEGRATION("spring-integration", "Spring Integration, `TcpNet` gateway", SpringIntegrationEcho::new,
			new Traits(20, true, false, false, Traits.REPLIES));

	private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

	private static final String BEFORE = "-before";

	/** What those with a feature are called; they are compared only if asked for. */
	private static final String WITH = "with-";

	private final String id;

	private final String title;

	private final @Nullable Supplier<EchoServer> server;

	private final boolean ours;

	private final Traits traits;

	private final ClassPath classPath;

	/** The endpoints that are polled while the server is measured. */
	private final List<String> polled;

	Contender(String id, ExecutionMode mode, SocketTransport transport) {
		this(id, title(mode, transport) + (id.endsWith(BEFORE) ? ", of the earlier checkout" : ""),
				() -> new SocketServerEcho(mode, transport, Feature.NONE), true,
				new Traits(1, mode != ExecutionMode.EVENT_LOOP, mode == ExecutionMode.VIRTUAL,
						transport == SocketTransport.IO_URING, Traits.ALL),
				ClassPath.WHOLE, List.of());
	}

	Contender(Feature feature) {
		this("with-" + feature.name().toLowerCase(Locale.ROOT), "Socket Server, `event-loop`, with " + feature.title(),
				() -> new SocketServerEcho(ExecutionMode.EVENT_LOOP, SocketTransport.EPOLL, feature), true,
				new Traits(1, false, false, false, Set.of(feature.service())), ClassPath.WHOLE, List.of());
	}

	Contender(String id, String title, ClassPath classPath, String... polled) {
		this(id, title, ApplicationEcho::new, classPath, polled);
	}

	Contender(String id, String title, Supplier<EchoServer> application, ClassPath classPath, String... polled) {
		this(id, title, application, true,
				new Traits(1, true, true, false,
						EnumSet.of(Service.LINES, Service.FRAMES, Service.BLOCKING, Service.BROADCAST)),
				classPath, List.of(polled));
	}

	Contender(String id, String title, Supplier<EchoServer> application, Traits traits, ClassPath classPath) {
		this(id, title, application, true, traits, classPath, List.of());
	}

	Contender(String id, String title, boolean ours, ClassPath classPath) {
		this(id, title, () -> new SmallApplicationEcho(ours), ours, new Traits(1, false, false, false, Set.of()),
				classPath, List.of());
	}

	Contender(String id, String title, @Nullable Supplier<EchoServer> server, Traits traits) {
		this(id, title, server, false, traits, ClassPath.WHOLE, List.of());
	}

	Contender(String id, String title, @Nullable Supplier<EchoServer> server, boolean ours, Traits traits,
			ClassPath classPath, List<String> polled) {
		this.id = id;
		this.title = title;
		this.server = server;
		this.ours = ours;
		this.traits = traits;
		this.classPath = classPath;
		this.polled = polled;
	}

	private static String title(ExecutionMode mode, SocketTransport transport) {
		String name = "Socket Server, `" + mode.name().toLowerCase(Locale.ROOT).replace('_', '-') + "`";
		if (transport != SocketTransport.EPOLL) {
			return name + ", " + transport.name().toLowerCase(Locale.ROOT);
		}
		return name + ((mode == ExecutionMode.AUTO.resolve()) ? " (the default here)" : "");
	}

	@Override
	public String id() {
		return this.id;
	}

	/**
	 * Returns the title of the server.
	 * @return the description, for reports
	 */
	String title() {
		return this.title;
	}

	/** Whether this JVM can run the server on this machine. */
	boolean isAvailable() {
		return missing() == null;
	}

	private @Nullable String missing() {
		if (this.traits.virtualThreads() && Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
			return "needs Java " + FIRST_WITH_VIRTUAL_THREADS + " or later, and this is Java "
					+ Runtime.version().feature();
		}
		if (isBefore() && ClassPath.BEFORE.isEmpty()) {
			return "needs an earlier checkout, which -Dbenchmarks.before tells";
		}
		if (offers(Service.CLUSTER) && !Redis.isInstalled()) {
			return "needs " + Redis.PROGRAM + ", which is not on the PATH";
		}
		return (this.traits.uring() && !IoUring.isAvailable())
				? "needs io_uring, which this machine does not have: " + IoUring.unavailabilityCause() : null;
	}

	/**
	 * Whether the server is measured with a service. Some are only started.
	 * @param service the service
	 */
	boolean offers(Service service) {
		return this.traits.services().contains(service);
	}

	/**
	 * Returns how many messages a visit should send. Servers that take many times as long
	 * for a message get fewer.
	 * @param workload the workload
	 * @param messages how many the others get
	 * @return the number of messages
	 */
	int messages(Workload workload, int messages) {
		if (workload.kind() == Workload.Kind.BLOCKING) {
			// Otherwise it handles the messages of all connections one after the other.
			return this.traits.waitsElsewhere() ? messages : Math.max(1, messages / workload.connections());
		}
		return Math.max(1, (workload.inFlight() > 1) ? messages / this.traits.slowness() : messages);
	}

	/**
	 * Returns the endpoints that are polled over HTTP while the server is measured.
	 * @param service the service that is measured
	 * @return the endpoints, relative to the address of all of them; none for most
	 * servers
	 */
	List<String> polled(Service service) {
		return this.polled.stream().map((endpoint) -> endpoint.replace("{service}", service.id())).toList();
	}

	/**
	 * Whether an entry of the class path is given to the server. Some would use io_uring
	 * if they found it, but all are to be compared with epoll.
	 * @param entry an entry of the class path
	 */
	boolean finds(String entry) {
		return (this.traits.uring() || !entry.contains("io_uring")) && this.classPath.has(entry);
	}

	/** Whether the server is that of an earlier checkout. */
	boolean isBefore() {
		return this.id.endsWith(BEFORE);
	}

	/**
	 * Returns what the process of the server calls it; an earlier checkout has its own.
	 */
	String program() {
		return isBefore() ? this.id.substring(0, this.id.length() - BEFORE.length()) : this.id;
	}

	/** Whether this is the server of this project. */
	boolean isOurs() {
		return this.ours;
	}

	/** Whether the server runs in a JVM; otherwise it is a program in C. */
	boolean isJava() {
		return this.server != null;
	}

	/**
	 * Creates the server.
	 * @return the server, not started
	 */
	EchoServer server() {
		if (this.server == null) {
			throw new IllegalStateException(this.id + " does not run in a JVM");
		}
		return this.server.get();
	}

	/**
	 * Returns the servers that this JVM can run on this machine, but for those with a
	 * feature.
	 * @return the servers, in the order of reports
	 */
	static List<Contender> available() {
		return Arrays.stream(values())
			.filter((contender) -> contender.isAvailable() && !contender.id.startsWith(WITH))
			.toList();
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
			Contender contender = Word.find("server", id, values());
			String missing = contender.missing();
			if (missing != null) {
				throw new BenchmarkException("The server '" + id + "' " + missing);
			}
			if (!found.contains(contender)) {
				found.add(contender);
			}
		}
		return found;
	}

	/**
	 * What a run has to know about a server.
	 *
	 * @param slowness about how many times as long as the others the server takes for a
	 * message, with several in flight
	 * @param waitsElsewhere whether user code that blocks does not delay other
	 * connections
	 * @param virtualThreads whether it needs virtual threads
	 * @param uring whether it needs io_uring
	 * @param services the services with which it is measured
	 */
	private record Traits(int slowness, boolean waitsElsewhere, boolean virtualThreads, boolean uring,
			Set<Service> services) {

		/** With one node. */
		private static final Set<Service> ALL = EnumSet
			.complementOf(EnumSet.of(Service.CLUSTER, Service.WORDS, Service.STORED));

		/** What is written for most servers. */
		private static final Set<Service> NO_REQUESTS = EnumSet
			.complementOf(EnumSet.of(Service.ASK, Service.CLUSTER, Service.WORDS, Service.STORED));

		private static final Set<Service> REPLIES = EnumSet.of(Service.LINES, Service.FRAMES, Service.BLOCKING);

		private static final Traits CLUSTERED = new Traits(1, true, false, false, Set.of(Service.CLUSTER));

		private static final Traits WORDS = new Traits(1, true, true, false, Set.of(Service.WORDS));

		private static final Traits STORED = new Traits(1, true, true, false, Set.of(Service.STORED));

		private static final Traits NONE = new Traits(1, false, false, false, NO_REQUESTS);

	}

}
