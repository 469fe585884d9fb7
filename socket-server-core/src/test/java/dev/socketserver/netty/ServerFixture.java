package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.threads.VirtualThreads;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.resources.LoopThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Servers for one test, stopped after it, and what their sessions were notified of.
 */
public final class ServerFixture implements AfterEachCallback {

	/** What else there is has been tested by the build on a JDK without them. */
	private static final boolean ONLY_VIRTUAL_THREADS = VirtualThreads.available()
			&& Boolean.getBoolean("socketserver.only-virtual-threads");

	/** How each session ended, in order. */
	public final BlockingQueue<CloseStatus> closed = new LinkedBlockingQueue<>();

	public final List<SocketSession> opened = new CopyOnWriteArrayList<>();

	public final List<Alarm> alarms = new CopyOnWriteArrayList<>();

	/** Who is notified behind the fixture; to be given before there is any server. */
	public final List<SocketServerListener> listeners = new CopyOnWriteArrayList<>();

	/** Who adds handlers to the connections of what starts from now on. */
	public final List<NettyPipelineCustomizer> customizers = new CopyOnWriteArrayList<>();

	/** Sessions of whose ends the fixture was not notified. */
	private final Set<SocketSession> present = ConcurrentHashMap.newKeySet();

	private final SocketServerListener listener = new SocketServerListener() {

		@Override
		public void opened(SocketSession session) {
			ServerFixture.this.opened.add(session);
			ServerFixture.this.present.add(session);
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			ServerFixture.this.closed.add(status);
			ServerFixture.this.present.remove(session);
		}

		@Override
		public void alarm(SocketServer server, Alarm alarm) {
			ServerFixture.this.alarms.add(alarm);
		}

	};

	public final NettySocketServers servers;

	public ServerFixture() {
		this(UnaryOperator.identity());
	}

	/**
	 * Servers that share so many event loops. With a single one, what a connection makes
	 * of it is over before the next connection is looked at.
	 */
	public ServerFixture(int eventLoops) {
		this((spec) -> spec.eventLoopThreads(eventLoops));
	}

	/** Servers that share what is not as by default. */
	public ServerFixture(UnaryOperator<EngineSpec> spec) {
		this.servers = new NettySocketServers(
				() -> Stream.concat(Stream.of(this.listener), this.listeners.stream()).toList(),
				spec.apply(EngineSpec.defaults()), () -> null, () -> this.customizers);
	}

	/** Starts a server that replies with its name and the line. */
	public SocketServer echo(String name, UnaryOperator<ServerSpec.Builder> spec) {
		SocketServer server = this.servers.register(spec
			.apply(ServerSpec.builder(name)
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> name + " " + line)))
			.build());
		server.start();
		return server;
	}

	/** Starts a server whose handler has no replies. */
	public SocketServer calls(Calls calls, UnaryOperator<ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			calls.call((String) payload, session);
			return null;
		};
		return start(messages("calls", handler), spec);
	}

	public static ServerHandler.Messages messages(SessionHandler handler) {
		return messages("handler", handler);
	}

	/** Returns a handler of text, with one object for all sessions. */
	public static ServerHandler.Messages messages(String name, SessionHandler handler) {
		return new ServerHandler.Messages(name, PayloadConverter.text(UTF_8), false, (session) -> handler);
	}

	/**
	 * Transports, modes and TLS: each pair of them in each build, all of them with the
	 * profile {@code soak}.
	 */
	public static Stream<Way> ways() {
		return ways(modes().toList());
	}

	/** The ways in which a handler that blocks can run. */
	public static Stream<Way> blockingWays() {
		return ways(offLoopModes().toList());
	}

	private static Stream<Way> ways(List<ExecutionMode> modes) {
		List<Way> ways = new ArrayList<>();
		List<SocketTransport> transports = transports().toList();
		for (int i = 0; i < transports.size(); i++) {
			for (int j = 0; j < modes.size(); j++) {
				boolean tls = (i + j) % 2 != 0;
				ways.add(new Way(transports.get(i), modes.get(j), tls));
				if (Rounds.SOAK || modes.size() == 1) {
					ways.add(new Way(transports.get(i), modes.get(j), !tls));
				}
			}
		}
		return ways.stream();
	}

	public static Stream<SocketTransport> transports() {
		return Epoll.isAvailable() ? Stream.of(SocketTransport.EPOLL, SocketTransport.NIO)
				: Stream.of(SocketTransport.NIO);
	}

	/** Those that this machine has, also what must be asked for. */
	public static Stream<SocketTransport> everyTransport() {
		return IoUring.isAvailable() ? Stream.concat(transports(), Stream.of(SocketTransport.IO_URING)) : transports();
	}

	/**
	 * For what takes its time and is no matter of the transport: one in each build, all
	 * with the profile {@code soak}.
	 */
	public static Stream<SocketTransport> oneTransport() {
		return Rounds.SOAK ? everyTransport() : transports().limit(1);
	}

	/** The default ones in each build, all with the profile {@code soak}. */
	public static Stream<SocketTransport> mostTransports() {
		return Rounds.SOAK ? everyTransport() : transports();
	}

	public static Stream<ExecutionMode> modes() {
		return ONLY_VIRTUAL_THREADS ? offLoopModes()
				: Stream.concat(offLoopModes(), Stream.of(ExecutionMode.EVENT_LOOP));
	}

	public static Stream<ExecutionMode> offLoopModes() {
		if (ONLY_VIRTUAL_THREADS) {
			return Stream.of(ExecutionMode.VIRTUAL);
		}
		return VirtualThreads.available() ? Stream.of(ExecutionMode.VIRTUAL, ExecutionMode.POOL)
				: Stream.of(ExecutionMode.POOL);
	}

	public record Way(SocketTransport transport, ExecutionMode mode, boolean tls) {

		public UnaryOperator<ServerSpec.Builder> spec() {
			return (spec) -> spec.transport(this.transport)
				.execution((e) -> e.mode(this.mode))
				.tls(this.tls ? Certificates.patient(Certificates.TRUSTED.bundle("localhost")) : null);
		}

	}

	public SocketServer lines(Function<String, ? extends Object> function, UnaryOperator<ServerSpec.Builder> spec) {
		return start(ServerHandler.function("lines", PayloadConverter.text(UTF_8), function), spec);
	}

	public SocketServer streams(StreamHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		return start(ServerHandler.stream("streams", handler), spec);
	}

	public SocketServer conversations(ConversationHandler<String, ?> handler, UnaryOperator<ServerSpec.Builder> spec) {
		return start(ServerHandler.conversation("conversations", PayloadConverter.text(UTF_8), handler), spec);
	}

	public SocketServer connections(ConnectionHandler<?> handler, UnaryOperator<ServerSpec.Builder> spec) {
		return start(ServerHandler.connection("connections", handler), spec);
	}

	/** Returns the port of one of the listeners of a server. */
	public static int port(SocketServer server, String listener) {
		return Objects.requireNonNull(server.listeners()
			.stream()
			.filter((each) -> each.name().equals(listener))
			.findFirst()
			.orElseThrow()
			.port());
	}

	public SocketServer start(ServerHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		SocketServer server = this.servers.register(spec.apply(ServerSpec.builder("test").handler(handler)).build());
		server.start();
		return server;
	}

	/** Returns the threads of all event loops of this JVM. */
	public static List<Thread> loops() {
		return Thread.getAllStackTraces().keySet().stream().filter((thread) -> thread instanceof LoopThread).toList();
	}

	/** Waits until the system takes nothing more of what a session sends. */
	public static void awaitFull(SocketSession session) {
		Awaitility.await().until(() -> isFull(session));
	}

	/**
	 * Whether the system takes nothing more of what a session sends: not a byte although
	 * its loop has tried twice.
	 */
	public static boolean isFull(SocketSession session) throws Exception {
		long before = unwritten(session);
		if (before == 0) {
			return false;
		}
		// The system of the peer may still acknowledge something.
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
		return unwritten(session) == before;
	}

	private static long unwritten(SocketSession session) throws Exception {
		Connection connection = ((Session) session).state().connection();
		CompletableFuture<Long> unwritten = new CompletableFuture<>();
		connection.executeLater(() -> unwritten.complete(connection.unwritten()));
		return Patience.await(unwritten);
	}

	/** Waits for the next session to open. */
	public static SocketSession session(SocketServer server) {
		return Awaitility.await().until(() -> server.sessions().findFirst().orElse(null), Objects::nonNull);
	}

	/** Waits for the first session of the test, which may have ended meanwhile. */
	public SocketSession firstOpened() {
		return Awaitility.await().until(() -> this.opened.stream().findFirst().orElse(null), Objects::nonNull);
	}

	/**
	 * Connects and sends what is a message. On a busy machine a time that the session has
	 * may be over before that is read, or even sent: then again.
	 */
	public Peer peerInTime(SocketServer server, byte[] message) throws Exception {
		while (true) {
			long before = server.statistics().messagesReceived();
			Peer peer = new Peer(server);
			try {
				peer.send(message);
			}
			catch (IOException ex) {
				// It was reset, as it was too late.
			}
			do {
				if (server.statistics().messagesReceived() > before) {
					return peer;
				}
			}
			while (this.closed.poll(10, TimeUnit.MILLISECONDS) == null);
			peer.close();
		}
	}

	/**
	 * Has a peer connect, without TLS, and do something before it is accepted: its
	 * session finds that done, so that no time of it can be over before.
	 */
	public static Peer beforeAccepted(SocketServer server, Callable<Peer> connect) throws Exception {
		server.pause();
		try {
			return connect.call();
		}
		finally {
			server.resume();
		}
	}

	/**
	 * As {@link Patience#undisturbed}, for what begins when a peer connects: nothing is
	 * left of the attempts before.
	 */
	public void undisturbed(SocketServer server, Duration pause, Patience.Attempt attempt) throws Exception {
		Patience.undisturbed(pause, () -> {
			Awaitility.await().until(() -> server.sessions().findAny().isEmpty() && this.present.isEmpty());
			this.closed.clear();
			this.opened.clear();
			attempt.make();
		});
	}

	/** Forgets a server and its sessions, so that an attempt can be made again. */
	public void remove(String name) {
		this.servers.remove(name);
		Awaitility.await().until(this.present::isEmpty);
		this.closed.clear();
		this.opened.clear();
	}

	/** Waits for the end of a session. */
	public CloseStatus nextClosed() {
		return Patience.next(this.closed);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.servers.close();
	}

	/** What a handler without replies does with a line. */
	public interface Calls {

		void call(String line, SocketSession session) throws Exception;

	}

}
