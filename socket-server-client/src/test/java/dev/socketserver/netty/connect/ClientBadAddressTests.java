package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Ready;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients whose first address is of no use, each in another way: they use the second, and
 * say what the first did.
 */
class ClientBadAddressTests {

	private static final Reconnect SLOW = new Reconnect(Duration.ofMinutes(5), Duration.ofMinutes(10), 0);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** What the second server has got, in order. */
	private final List<String> seen = new CopyOnWriteArrayList<>();

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable each : this.open) {
			each.close();
		}
	}

	private ServerSocket listening(int backlog) throws IOException {
		ServerSocket listening = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
		this.open.add(listening);
		return listening;
	}

	private SocketServer echo() {
		return this.fixture.servers.lines((line) -> {
			this.seen.add(line);
			return line;
		}, (spec) -> spec);
	}

	private SocketClient start(ServerAddress bad, SocketServer good, UnaryOperator<ClientSpec.Builder> spec) {
		ServerAddress second = ServerAddress.of("localhost", ClientFixture.address(good).getPort());
		SocketClient client = this.fixture.clients.register(spec
			.apply(ClientSpec.builder("it").reconnect(SLOW).failOver((block) -> block.addresses(List.of(bad, second))))
			.build());
		client.start();
		return client;
	}

	private void assertUsesTheSecond(SocketClient client, AttemptOutcome outcome, String failure) {
		assertThat(client.send("payload")).succeedsWithin(Patience.limit());
		Awaitility.await().atMost(Patience.limit()).until(() -> this.seen.contains("payload"));
		assertThat(this.seen).containsOnlyOnce("payload");
		assertThat(client.addresses()).extracting(AddressStatus::available).containsExactly(false, true);
		assertThat(client.addresses().get(0).failure()).contains(failure);
		AttemptOutcome.Counts attempts = AttemptOutcome.Counts.of(client.statistics());
		assertThat(attempts.attempts(0, outcome)).isOne();
		assertThat(attempts.attempts(1, AttemptOutcome.SUCCESS)).isOne();
	}

	@Test
	void unknownHost() {
		assertUsesTheSecond(start(ServerAddress.of("plant.invalid", 7100), echo(), (spec) -> spec),
				AttemptOutcome.UNKNOWN_HOST, "unknown host plant.invalid");
	}

	/** The kernel answers no one whose connection it would have to keep. */
	@Test
	@EnabledOnOs(OS.LINUX)
	void blackHole() throws IOException {
		ServerSocket hole = listening(1);
		for (int i = 0; i < 4; i++) {
			SocketChannel filler = SocketChannel.open();
			filler.configureBlocking(false);
			filler.connect(new InetSocketAddress(hole.getInetAddress(), hole.getLocalPort()));
			this.open.add(filler);
		}
		SocketChannel second = (SocketChannel) this.open.get(2);
		Awaitility.await().atMost(Patience.limit()).until(second::finishConnect);
		assertUsesTheSecond(
				start(ServerAddress.of("127.0.0.1", hole.getLocalPort()), echo(),
						(spec) -> spec.connectTimeout(Patience.stretched(Duration.ofMillis(500)))),
				AttemptOutcome.TIMEOUT, "127.0.0.1:" + hole.getLocalPort());
	}

	@Test
	void serverThatNeverAnswersTheTlsHandshake() throws IOException {
		ServerSocket silent = listening(50);
		SocketServer good = this.fixture.servers.lines((line) -> {
			this.seen.add(line);
			return line;
		}, (spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		// Of the second too, whose handshake takes as long as the machine needs.
		Duration time = Patience.stretched(Duration.ofSeconds(2));
		assertUsesTheSecond(
				start(ServerAddress.of("localhost", silent.getLocalPort()), good,
						(spec) -> spec.connectTimeout(time)
							.tls(ClientTlsTests.tls(ClientTlsTests.trusting(Certificates.TRUSTED)))),
				AttemptOutcome.TIMEOUT, "not connected within " + time.toMillis() + " ms");
	}

	@Test
	void serverThatNeverConfirmsTheSignOn() throws IOException {
		ServerSocket silent = listening(50);
		Duration time = Patience.stretched(Duration.ofSeconds(1));
		SocketClient client = start(ServerAddress.of("127.0.0.1", silent.getLocalPort()), echo(),
				(spec) -> spec
					.handler(new ServerHandler.Messages("signing-on", PayloadConverter.text(StandardCharsets.UTF_8),
							false, (made) -> new SigningOn()))
					.pool((pool) -> pool.ready(Ready.OPENED).readyTimeout(time)));
		assertUsesTheSecond(client, AttemptOutcome.NOT_READY, "not ready within " + time.toMillis() + " ms");
		assertThat(this.seen).containsExactly("sign on", "payload");
	}

	@Test
	void closeByTheApplicationIsNoFailure() throws IOException {
		ServerSocket first = listening(50);
		SocketClient client = start(ServerAddress.of("127.0.0.1", first.getLocalPort()), echo(),
				(spec) -> spec.reconnect(ClientFixture.SOON));
		ClientFixture.await(client, ClientState.CONNECTED);
		SocketSession session = client.session().orElseThrow();
		session.close();
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.session().filter((next) -> next != session).isPresent());
		assertThat(client.session().orElseThrow().remoteAddress().getPort()).isEqualTo(first.getLocalPort());
		assertThat(client.addresses()).extracting(AddressStatus::available).containsExactly(true, true);
		assertThat(client.addresses()).extracting(AddressStatus::failures).containsExactly(0, 0);
	}

	/** Is ready when its server has answered. */
	private static final class SigningOn implements SessionHandler {

		@Override
		public CompletionStage<?> opening(SocketSession session) {
			// The value of a stage would be the greeting.
			return session.ask("sign on", Patience.limit()).thenAccept((reply) -> {
			});
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			return null;
		}

	}

}
