package dev.socketserver.netty.execution;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

import dev.socketserver.DetailedHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.ReadyLanes;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.tls.TlsBundle;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What user code finds on its threads is the application's, whoever was there when they
 * were made: a request of a web server, or the common pool, which knows nothing of what
 * is in an executable JAR.
 */
@Tag("virtual-threads")
class ThreadSurroundingsTests {

	private static final InheritableThreadLocal<@Nullable String> USER = new InheritableThreadLocal<>();

	private final ClassLoader application = new URLClassLoader("application", new URL[0], getClass().getClassLoader());

	private final ClassLoader elsewhere = new URLClassLoader("elsewhere", new URL[0], getClass().getClassLoader());

	/** The names of the class loaders that user code found. */
	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	@Every.Mode
	void userCodeHasTheClassLoaderOfWhoMadeTheEngine(ExecutionMode mode) throws Exception {
		SocketServerListener listener = new SocketServerListener() {

			@Override
			public void stopped(SocketServer server) {
				look();
			}

		};
		try (NettySocketServers servers = with(this.application, () -> new NettySocketServers(List.of(listener)))) {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("looking", PayloadConverter.text(UTF_8), new Looking()))
				.execution((e) -> e.mode(mode))
				.build());
			with(this.elsewhere, Executors.callable((Runnable) server::start));
			try (Peer peer = new Peer(server)) {
				peer.send("a line\n");
				assertThat(peer.line()).isEqualTo("seen");
				SocketSession session = ServerFixture.session(server);
				with(this.elsewhere, () -> Patience.await(SessionOperations.of(session).details()));
				Thread sender = Thread.currentThread();
				with(this.elsewhere, () -> Patience.await(session.send("to the peer").thenRun(() -> {
					// A caller is notified of what has left already on its own thread.
					if (Thread.currentThread() != sender) {
						look();
					}
				})));
			}
			with(this.elsewhere, Executors.callable((Runnable) server::stop));
		}

		assertThat(this.seen).containsExactly("application");
	}

	/** It lives as long as the server, and would keep what it has of who started that. */
	@Test
	void theThreadThatKeepsTheJvmHasTheClassLoaderOfWhoMadeTheEngine() throws Exception {
		try (NettySocketServers servers = with(this.application, () -> new NettySocketServers(List.of()))) {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.build());
			with(this.elsewhere, Executors.callable((Runnable) server::start));

			assertThat(threads()).contains("socket-server-keep-alive");
		}
	}

	@Every.OffLoopMode
	void threadsOfHandlersInheritNothing(ExecutionMode mode) throws Exception {
		HandlerThreads threads = HandlerThreads.of(ServerSpec.builder("test")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.execution((e) -> e.mode(mode))
			.build()
			.session(), "{name}", Runnable::run, new DaemonThreads());
		BlockingQueue<String> users = new LinkedBlockingQueue<>();
		USER.set("who sent the request");
		try {
			threads.run(ReadyLanes.of(1, () -> users.add("nobody, but " + USER.get()), () -> users.add("refused")));
			threads.start("1", () -> users.add("nobody, but " + USER.get()));
		}
		finally {
			USER.remove();
		}

		for (int i = 0; i < 2; i++) {
			assertThat(Patience.next(users)).isEqualTo("nobody, but null");
		}
		threads.close();
	}

	/** It would keep the class loader of an application that has gone. */
	@Every.DefaultTransport
	void nothingOfNettyStaysOnThreadsOfTheApplication(SocketTransport transport) throws Exception {
		ExecutorService application = Executors.newSingleThreadExecutor();
		NettySocketServers servers = new NettySocketServers(List.of());
		try (servers; NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketClient first = clients
				.register(ClientSpec.builder("first").port(Ports.free()).transport(transport).build());
			assertThat(leftBy(application, Executors.callable((Runnable) first::start))).as("first start").isZero();
			assertThat(leftBy(application, () -> first.stop().get())).as("first stop").isZero();
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.transport(transport)
				.build());
			assertThat(leftBy(application, Executors.callable((Runnable) server::start))).as("start").isZero();
			SocketClient client = clients.register(ClientSpec.builder("test")
				.port(ClientFixture.address(server).getPort())
				.transport(transport)
				.build());
			assertThat(leftBy(application, Executors.callable((Runnable) client::start))).as("client's start").isZero();
			assertThat(leftBy(application, () -> client.ask("a", Patience.limit()).get())).as("ask").isZero();
			SocketSession session = ServerFixture.session(server);
			assertThat(leftBy(application, () -> session.send("b").get())).as("send").isZero();
			assertThat(leftBy(application, () -> server.broadcast("c"))).as("broadcast").isZero();
			assertThat(leftBy(application, () -> client.stop().get())).as("client's stop").isZero();
			assertThat(leftBy(application, () -> server.stop())).as("stop").isZero();
			assertThat(leftBy(application, Executors.callable(clients::close))).as("clients' end").isZero();
			assertThat(leftBy(application, Executors.callable(servers::close))).as("servers' end").isZero();
		}
		finally {
			application.shutdown();
		}
	}

	/**
	 * A servlet container looks for what applications leave behind, and warns of a thread
	 * that is there.
	 */
	@Every.DefaultTransport
	void threadsEndWithTheirEngine(SocketTransport transport) throws Exception {
		NettySocketServers servers = with(this.application, () -> new NettySocketServers(List.of()));
		try (servers; NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.execution((e) -> e.mode(ExecutionMode.POOL))
				.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
				.transport(transport)
				.build());
			server.start();
			SocketClient client = clients.register(ClientSpec.builder("test")
				.host("localhost")
				.port(ClientFixture.address(server).getPort())
				.tls(new ClientTls(new TlsBundle("client",
						Certificates.material(List.of(), List.of(Certificates.TRUSTED.trust()))), null))
				.transport(transport)
				.build());
			client.start();
			assertThat(client.ask("a", Patience.limit()).get()).hasToString("a");
			CompletableFuture<String> thread = new CompletableFuture<>();
			ServerFixture.session(server).send("b").thenRun(() -> thread.complete(Thread.currentThread().getName()));
			Patience.await(thread);
			assertThat(threads()).contains("socket-server-timer", "socket-server-tls", "socket-client",
					"socket-client-resolver");
		}

		// Less than the time for which they would stay.
		Patience.within(Duration.ofSeconds(5), () -> assertThat(threads()).isEmpty());
	}

	private List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getContextClassLoader() == this.application)
			.map(Thread::getName)
			.toList();
	}

	private static int leftBy(ExecutorService application, Callable<?> call) throws Exception {
		Patience.await(application.submit(call));
		return Patience.await(application.submit(() -> FastThreadLocal.size()));
	}

	private void look() {
		ClassLoader found = Thread.currentThread().getContextClassLoader();
		this.seen.add(String.valueOf((found != null) ? found.getName() : null));
	}

	private static <T> T with(ClassLoader classLoader, Callable<T> task) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(classLoader);
		try {
			return task.call();
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private final class Looking implements Function<String, String>, DetailedHandler {

		@Override
		public String apply(String line) {
			look();
			return "seen";
		}

		@Override
		public Map<String, ?> details(SocketSession session) {
			look();
			return Map.of();
		}

	}

}
