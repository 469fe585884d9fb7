package dev.socketserver.netty.connect;

import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.tls.TlsBundle;
import io.netty.channel.epoll.Epoll;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Clients that connect to a Unix socket.
 */
class UnixClientTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketClient.class);

	@TempDir
	Path directory;

	private Path file() {
		return this.directory.resolve("test.sock");
	}

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return server(file().toString(), spec);
	}

	private SocketServer server(String path, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.servers.lines((line) -> "<" + line + ">",
				(builder) -> spec.apply(builder.domainSocket((unix) -> unix.path(path))));
	}

	/** A server that says nothing. */
	private List<String> collecting(UnaryOperator<ServerSpec.Builder> spec) {
		List<String> seen = new CopyOnWriteArrayList<>();
		this.fixture.servers.lines((line) -> {
			seen.add(line);
			return null;
		}, (builder) -> spec.apply(builder.domainSocket((unix) -> unix.path(file().toString()))));
		return seen;
	}

	private SocketClient client(UnaryOperator<ClientSpec.Builder> spec) {
		return client(file().toString(), spec);
	}

	private SocketClient client(String path, UnaryOperator<ClientSpec.Builder> spec) {
		SocketClient client = this.fixture.clients
			.register(spec.apply(ClientSpec.builder("it").domainSocket(path).reconnect(ClientFixture.SOON)).build());
		client.start();
		return client;
	}

	private static void canAsk(SocketClient client) throws Exception {
		assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("<hello>");
	}

	@Every.DefaultTransport
	void asksAServerAndKnowsWhoItIs(SocketTransport transport) throws Exception {
		server((spec) -> spec.transport(transport));
		SocketClient client = client((spec) -> spec.transport(transport));
		canAsk(client);
		SocketSession session = client.session().orElseThrow();
		assertThat(Addresses.format(session.remoteAddress())).isEqualTo("unix:" + file());
		assertThat(Addresses.format(session.localAddress())).isEqualTo("unix:");
		assertThat(session.peerCredentials()).isNotNull();
		assertThat(session.peerCredentials().user()).isEqualTo(System.getProperty("user.name"));
		assertThat(client.spec().protocol()).isEqualTo(Protocol.UNIX);
		assertThat(client.spec().addresses()).containsExactly(ServerAddress.unix(file().toString()));
		assertThat(client.addresses()).singleElement().satisfies((status) -> {
			assertThat(status.host()).isEqualTo("unix:" + file());
			assertThat(status.port()).isZero();
			assertThat(status.connections()).isOne();
		});
		// Logged before, on the same thread.
		this.fixture.awaitEvents("connected");
		assertThat(this.lines.messages(Level.INFO)).singleElement()
			.asString()
			.startsWith("'it' is connected to unix:" + file() + ", ");
	}

	@Every.DefaultTransport
	void aMissingFileIsARefusalUntilTheServerMakesIt(SocketTransport transport) throws Exception {
		SocketClient client = client((spec) -> spec.transport(transport));
		CompletableFuture<?> waiting = client.send("hello");
		refused(client, 3);
		assertThat(client.failure()).isInstanceOf(ConnectException.class)
			.hasMessage("there is no such file: " + file());
		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.isEqualTo("'it' cannot connect to unix:" + file() + " and goes on trying: java.net.ConnectException: "
					+ "there is no such file: " + file());
		SocketServer server = server((spec) -> spec.transport(transport));
		Patience.await(waiting);
		canAsk(client);
		server.stop();
		Awaitility.await().until(() -> this.fixture.events.contains("disconnected PEER_CLOSED"));
		server.start();
		canAsk(client);
	}

	private static void refused(SocketClient client, int times) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(client.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L))
				.as("%s", client.failure())
				.isGreaterThanOrEqualTo(times));
		assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.REFUSED);
	}

	@Every.DefaultTransport
	void whereNobodyListensIsARefusal(SocketTransport transport) throws Exception {
		Files.createFile(file());
		refused(client((spec) -> spec.transport(transport)), 3);
	}

	@Test
	void anAbstractNameNeedsEpoll() throws Exception {
		assumeTrue(Epoll.isAvailable(), "Abstract names are Linux's");
		String name = "@socket-server-test-" + ProcessHandle.current().pid();
		server(name, (spec) -> spec.transport(SocketTransport.EPOLL));
		SocketClient client = client(name, (spec) -> spec.transport(SocketTransport.EPOLL));
		canAsk(client);
		assertThat(Addresses.format(client.session().orElseThrow().remoteAddress())).isEqualTo("unix:" + name);
		this.fixture.clients.remove("it");
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> client(name, (spec) -> spec.transport(SocketTransport.NIO)))
			.withMessageContaining("domain-socket.path cannot be " + name)
			.withMessageContaining("use epoll, or the path of a file");
	}

	@Every.DefaultTransport
	void tlsHasTheNameOfTheServer(SocketTransport transport) throws Exception {
		server((spec) -> spec.transport(transport)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("orders.example.com"))));
		TlsBundle trusting = new TlsBundle("client", ClientTlsTests.trusting(Certificates.TRUSTED));
		SocketClient client = client((spec) -> spec.transport(transport)
			.connectTimeout(Duration.ofMinutes(1))
			.ssl((tls) -> tls.bundle(trusting).serverName("orders.example.com")));
		canAsk(client);
		assertThat(client.statistics().failed()).isEmpty();
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it")
				.domainSocket(file().toString())
				.ssl((tls) -> tls.bundle(trusting))
				.build())
			.withMessageContaining("ssl.server-name must be that of the server's certificate");
	}

	@Every.DefaultTransport
	void severalConnectionsAreHeldAndRotated(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));
		SocketClient client = client((spec) -> spec.transport(transport).pool((pool) -> pool.size(3)));
		Awaitility.await().until(() -> client.connections().size() == 3);
		canAsk(client);
		Patience.await(client.rotate());
		canAsk(client);
		Awaitility.await().until(() -> server.statistics().opened() == 6 && client.connections().size() == 3);
	}

	@Every.DefaultTransport
	void heartbeatsFindASilentServer(SocketTransport transport) throws Exception {
		collecting((spec) -> spec.transport(transport).framing(Framing.lengthField().build()));
		SocketClient client = client((spec) -> spec.transport(transport)
			.framing(Framing.lengthField().build())
			.heartbeat(new Heartbeat(Duration.ofMillis(20), Duration.ofMillis(100))));
		Awaitility.await().until(() -> this.fixture.events.stream().anyMatch((event) -> event.contains("TIMEOUT")));
		ClientFixture.await(client, ClientState.CONNECTED);
	}

	@Every.DefaultTransport
	void whatIsSentAtTheEndArrives(SocketTransport transport) throws Exception {
		List<String> seen = collecting((spec) -> spec.transport(transport));
		SocketClient client = client((spec) -> spec.transport(transport));
		ClientFixture.await(client, ClientState.CONNECTED);
		for (int i = 0; i < 1_000; i++) {
			client.send("line " + i);
		}
		Patience.await(client.stop());
		Awaitility.await().untilAsserted(() -> assertThat(seen).hasSize(1_000).last().isEqualTo("line 999"));
	}

	@Test
	void whatHasNoMeaningIsRefused() {
		invalid((spec) -> spec.host("localhost"), "host", "means nothing for a Unix socket");
		invalid((spec) -> spec.port(7000), "port", "means nothing for a Unix socket");
		invalid((spec) -> spec.failOver((block) -> block.addresses("one:1")), "addresses", "means nothing");
		invalid((spec) -> spec.failOver((block) -> block.failBack(Duration.ofSeconds(1))), "failBack", "means nothing");
		invalid((spec) -> spec.route((block) -> block.localAddress("127.0.0.1")), "localAddress", "no addresses");
		invalid((spec) -> spec.transport(SocketTransport.IO_URING), "transport", "use epoll, kqueue or nio");
		invalid((spec) -> spec.datagrams(true), "domainSocket.path", "UDP");
		invalid((spec) -> spec.domainSocket("relative"), "domainSocket.path", "must be an absolute path");
		invalid((spec) -> spec.domainSocket("/" + "x".repeat(107)), "domainSocket.path", "has 108 bytes");
	}

	private void invalid(UnaryOperator<ClientSpec.Builder> spec, String component, String rule) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> spec.apply(ClientSpec.builder("it").domainSocket(file().toString())).build())
			.withMessageContaining(component)
			.withMessageContaining(rule);
	}

	@Every.DefaultTransport
	void asksSocat(SocketTransport transport) throws Exception {
		Process socat = Socat.start("UNIX-LISTEN:" + file(), "PIPE");
		try {
			SocketClient client = client((spec) -> spec.transport(transport));
			assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("hello");
		}
		finally {
			socat.destroyForcibly().waitFor();
		}
		Awaitility.await()
			.until(() -> this.fixture.events.stream().anyMatch((event) -> event.startsWith("disconnected PEER_")));
	}

}
