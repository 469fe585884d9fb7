package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers and clients for one test, which are gone after it, and what listeners were
 * notified of by the clients.
 */
public final class ClientFixture implements AfterEachCallback {

	public static final Reconnect SOON = new Reconnect(Duration.ofMillis(20), Duration.ofMillis(200), 0.5);

	public final ServerFixture servers;

	/** What was reported, in order: connected, disconnected with its reason, closed. */
	public final List<String> events = new CopyOnWriteArrayList<>();

	public final NettySocketClients clients;

	private final CountDownLatch released = new CountDownLatch(1);

	public ClientFixture() {
		this(new ServerFixture());
	}

	/** Clients beside servers. */
	public ClientFixture(ServerFixture servers) {
		this.servers = servers;
		this.clients = new NettySocketClients(servers.servers, () -> List.of(new SocketClientListener() {

			@Override
			public void connected(SocketClient client, SocketSession session) {
				ClientFixture.this.events.add("connected");
			}

			@Override
			public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
				ClientFixture.this.events.add("disconnected " + status.reason());
			}

			@Override
			public void closed(SocketClient client) {
				ClientFixture.this.events.add("closed");
			}

		}));
	}

	public static InetSocketAddress address(SocketServer server) {
		return Objects.requireNonNull(server.localAddress());
	}

	/** Starts a client of a server. */
	public SocketClient start(SocketServer server, UnaryOperator<ClientSpec.Builder> spec) {
		return start(address(server).getPort(), spec);
	}

	public SocketClient start(int port, UnaryOperator<ClientSpec.Builder> spec) {
		SocketClient client = this.clients
			.register(spec.apply(ClientSpec.builder("it").port(port).reconnect(SOON)).build());
		client.start();
		return client;
	}

	public static void await(SocketClient client, ClientState state) {
		Awaitility.await().atMost(Patience.limit()).until(() -> client.state() == state);
	}

	/** Waits until exactly this was reported: listeners have a thread of their own. */
	public void awaitEvents(String... expected) {
		Awaitility.await()
			.atMost(Patience.limit())
			.untilAsserted(() -> assertThat(this.events).containsExactly(expected));
	}

	/**
	 * As {@link Patience#undisturbed}, for what begins with a start: each attempt has a
	 * client of its own, and what was reported of the one before is forgotten.
	 */
	public void undisturbed(Duration pause, Patience.Attempt attempt) throws Exception {
		Patience.undisturbed(pause, () -> {
			try {
				attempt.make();
			}
			finally {
				SocketClient client = client();
				this.clients.remove(client.name());
				Patience.await(client.closed());
				this.events.clear();
			}
		});
	}

	/** For handlers, which are there before it. */
	public SocketClient client() {
		return this.clients.get("it");
	}

	/** Answers nothing. */
	public SocketServer collecting(List<String> seen) {
		return this.servers.lines((line) -> {
			seen.add(line);
			return null;
		}, (spec) -> spec);
	}

	/** Starts a server that replies with what it receives. */
	public SocketServer echo() {
		return this.servers.lines((line) -> line, (spec) -> spec);
	}

	/** Receives, and fails where nothing arrives. */
	public static Received next(SocketClient client) {
		@Nullable Received received = client.receive(Patience.limit());
		return Objects.requireNonNull(received, "Nothing was received in time");
	}

	/** Closes each connection that a socket accepts, until the socket is closed. */
	public static void closeAtOnce(ServerSocket listening) {
		Thread closing = new Thread(() -> {
			try {
				while (true) {
					listening.accept().close();
				}
			}
			catch (IOException ex) {
				// The test is over.
			}
		}, "closes at once");
		closing.setDaemon(true);
		closing.start();
	}

	/** For handlers that are not to return: waits until all are released. */
	public void stick() {
		boolean interrupted = false;
		while (true) {
			try {
				this.released.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Has those handlers return; at the end of a test they do. */
	public void release() {
		this.released.countDown();
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		release();
		this.clients.close();
		this.servers.afterEach(context);
	}

}
