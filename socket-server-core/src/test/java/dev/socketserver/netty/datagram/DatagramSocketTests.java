package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The sockets of servers of UDP. */
class DatagramSocketTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(DatagramSockets.class);

	@RegisterExtension
	final LogLines ports = new LogLines(KeptPort.class);

	@Every.DefaultTransport
	void aBufferThatTheSystemMakesSmallerIsAWarning(SocketTransport transport) {
		int much = 1 << 30;
		Datagrams.echo(this.fixture,
				(spec) -> spec.transport(transport).options((options) -> options.receiveBuffer(much)));
		assertThat(this.log.messages()).singleElement()
			.asString()
			.matches("'test' has a receive buffer of [0-9]+ bytes, and not the " + much
					+ " of options.receive-buffer: the system allows no more, on Linux with the setting "
					+ "net.core.rmem_max");
	}

	@Test
	void aBufferThatTheSystemGivesIsNone() {
		Datagrams.echo(this.fixture, (spec) -> spec.options((options) -> options.receiveBuffer(16 * 1024)));
		assertThat(this.log.messages()).isEmpty();
	}

	@Every.DefaultTransport
	void aFreePortThatIsTakenMeanwhileIsReplaced(SocketTransport transport) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.transport(transport).port(0));
		int port;
		try (DatagramSocket other = takePortOf(server)) {
			port = other.getLocalPort();
			server.start();
			assertThat(server.port()).isNotEqualTo(port);
		}

		assertThat(this.ports.messages(Level.WARN)).last()
			.isEqualTo("Server 'test' gets another free port, " + server.port() + ": " + port
					+ " has been taken meanwhile");
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
		}
	}

	/** Stops a server and takes its port, unless another program was faster. */
	private static DatagramSocket takePortOf(SocketServer server) throws IOException {
		while (true) {
			int port = server.port();
			server.stop();
			try {
				return new DatagramSocket(port, InetAddress.getLoopbackAddress());
			}
			catch (BindException ex) {
				server.start();
			}
		}
	}

	@Every.DefaultTransport
	void aSocketThatIsLostIsReplacedAndSessionsStay(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("lose")) {
				lose(session);
			}
			else {
				session.send(line);
			}
		}, udp((spec) -> spec.transport(transport)
			.port(Ports.free())
			.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))));
		InetSocketAddress address = server.localAddress();
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("before");
			peer.send("lose");
			await().until(() -> server.statistics().listenersReplaced() == 1);
			assertThat(peer.ask("after")).isEqualTo("after");
		}
		assertThat(server.localAddress()).isEqualTo(address);
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.failure()).isNull();
		assertThat(server.statistics().opened()).isOne();
		assertThat(server.statistics().datagrams().dropped()).doesNotContainKey(DatagramDrop.REJECTED);
		assertThat(this.log.messages())
			.containsExactly("'test' has lost its socket at 127.0.0.1:" + address.getPort() + ", which is replaced");
	}

	@Test
	void aServerIsWellAgainWithTheLastOfItsLostSockets() throws Exception {
		assumeTrue(Epoll.isAvailable(), "Sockets are made for addresses of loopback");
		AtomicReference<DatagramSocket> other = new AtomicReference<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("lose")) {
				loseAll(session);
				InetSocketAddress local = session.localAddress();
				other.set(new DatagramSocket(local));
			}
			session.send(line);
		}, udp((spec) -> spec.address("0.0.0.0")
			.port(Ports.free())
			.transport(SocketTransport.EPOLL)
			.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))));
		int port = server.port();
		try (DatagramPeer one = new DatagramPeer(new InetSocketAddress("127.0.0.1", port));
				DatagramPeer two = new DatagramPeer(new InetSocketAddress("127.0.0.2", port))) {
			two.ask("there?");
			one.ask("there?");
			one.send("lose");
			await().until(() -> server.statistics().listenersReplaced() == 1);
			assertThat(two.ask("again")).isEqualTo("again");
			assertThat(server.failure()).hasMessageContaining("has broken, and is being replaced");
			other.get().close();
			await().until(() -> server.statistics().listenersReplaced() == 3);
			assertThat(server.failure()).isNull();
			assertThat(one.ask("again")).isEqualTo("again");
		}
	}

	@Test
	void anAddressThatSomebodyElseHasIsBoundAsSoonAsItIsFree() throws Exception {
		assumeTrue(Epoll.isAvailable(), "Sockets are made for addresses of loopback");
		DatagramSocket other = new DatagramSocket(null);
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("lose")) {
				loseAll(session);
				other.setReuseAddress(true);
				other.bind(new InetSocketAddress("127.0.0.2", session.localAddress().getPort()));
				// What others send there is for whoever listens everywhere.
				other.connect(new InetSocketAddress("127.0.0.2", Ports.free()));
			}
			session.send(line);
		}, udp((spec) -> spec.address("0.0.0.0")
			.port(Ports.free())
			.transport(SocketTransport.EPOLL)
			.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))));
		InetSocketAddress first = new InetSocketAddress("127.0.0.1", server.port());
		InetSocketAddress second = new InetSocketAddress("127.0.0.2", server.port());
		try (other; DatagramPeer peer = new DatagramPeer(first)) {
			peer.send("lose");
			await().until(() -> server.statistics().listenersReplaced() == 2);
			other.setReuseAddress(false);
			assertThat(answerer(second)).isEqualTo(first);
		}
		await().until(() -> answerer(second).equals(second));
	}

	/** Asks as a peer that is new, and returns where the answer came from. */
	private static InetSocketAddress answerer(InetSocketAddress asked) throws IOException {
		try (DatagramPeer peer = new DatagramPeer(asked)) {
			peer.ask("who?");
			return peer.answeredFrom();
		}
	}

	/** Closes the socket of a session, as nobody does who is in order. */
	private static void lose(SocketSession session) throws ReflectiveOperationException {
		Object connection = ((Session) session).state().connection();
		((LocalSocket) field(connection, "socket")).channel().close();
	}

	private static void loseAll(SocketSession session) throws ReflectiveOperationException {
		Object port = field(((Session) session).state().connection(), "owner");
		((DatagramSockets) field(port, "sockets")).channels().forEach(Channel::close);
	}

	private static Object field(Object owner, String name) throws ReflectiveOperationException {
		Field field = owner.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(owner);
	}

}
