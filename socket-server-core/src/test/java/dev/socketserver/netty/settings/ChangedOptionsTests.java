package dev.socketserver.netty.settings;

import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.listen.Listener;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Options of sockets, which connections have that are accepted after the change.
 */
class ChangedOptionsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@RegisterExtension
	final LogLines log = new LogLines(Listener.class);

	/** Those of connections, in order. */
	private final Queue<Channel> channels = new LinkedBlockingQueue<>();

	private ChangingServer server(UnaryOperator<ServerSpec.Builder> first) {
		this.fixture.customizers.add((pipeline, spec) -> this.channels.add(pipeline.channel()));
		return ChangingServer.upper(this.fixture, first);
	}

	/** Returns the options of a connection that is accepted now. */
	private Options options(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			Channel channel = accepted(peer);
			return new Options(channel.config().getOption(ChannelOption.TCP_NODELAY),
					channel.config().getOption(ChannelOption.SO_KEEPALIVE));
		}
	}

	private Channel accepted(Peer peer) throws Exception {
		assertThat(peer.ask("x")).isEqualTo("X");
		return this.channels.remove();
	}

	@Every.DefaultTransport
	void optionsAreThoseOfConnectionsThatAreAcceptedAfterIt(SocketTransport transport) throws Exception {
		ChangingServer changing = server(
				(spec) -> spec.transport(transport).options(SocketOptions.DEFAULT.tcpNoDelay(false).keepAlive(false)));
		assertThat(options(changing.server())).isEqualTo(new Options(false, false));
		changing.change((spec) -> spec.options(SocketOptions.DEFAULT));
		assertThat(options(changing.server())).isEqualTo(new Options(true, true));
		changing.change((spec) -> spec.options(SocketOptions.DEFAULT.tcpNoDelay(false)));
		assertThat(options(changing.server())).isEqualTo(new Options(false, true));
	}

	@Every.DefaultTransport
	void optionsThatChangeWhileTheSocketIsReplacedAreThoseOfTheNext(SocketTransport transport) throws Exception {
		int port = Ports.free();
		ChangingServer changing = server((spec) -> spec.transport(transport).port(port));
		long replaced;
		try (ServerSocket other = takePort(changing.server(), port)) {
			replaced = changing.server().statistics().listenersReplaced();
			changing.change((spec) -> spec.options(SocketOptions.DEFAULT.tcpNoDelay(false).keepAlive(false)));
			assertThat(other.isBound()).isTrue();
		}
		Awaitility.await().until(() -> changing.server().statistics().listenersReplaced() > replaced);
		assertThat(options(changing.server())).isEqualTo(new Options(false, false));
	}

	/** Has a server lose its listening socket, and takes the port before it does. */
	private ServerSocket takePort(SocketServer server, int port) throws Exception {
		while (true) {
			long replaced = server.statistics().listenersReplaced();
			try (Peer peer = new Peer(server)) {
				accepted(peer).parent().close().sync();
			}
			while (server.statistics().listenersReplaced() == replaced) {
				try {
					return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
				}
				catch (BindException ex) {
					// The selector has not let go of it yet, or the server has another.
				}
			}
		}
	}

	/** With one loop it has ended before its acceptor goes on. */
	@Every.DefaultTransport
	void connectionThatEndsAtOnceIsNoFailureToAccept(SocketTransport transport) throws Exception {
		this.fixture.customizers.add((pipeline, spec) -> {
			throw new IllegalStateException("This connection is to be closed");
		});
		ChangingServer changing = server(
				(spec) -> spec.transport(transport).options(SocketOptions.DEFAULT.tcpNoDelay(false)));
		changing.change((spec) -> spec.farewell("bye"));
		for (int i = 0; i < 2; i++) {
			try (Peer peer = new Peer(changing.server())) {
				assertThat(peer.rest()).isEmpty();
			}
		}
		assertThat(this.log.messages()).isEmpty();
		assertThat(this.fixture.alarms).isEmpty();
	}

	/**
	 * What a connection has.
	 *
	 * @param noDelay whether small writes leave at once
	 * @param keepAlive whether it is probed
	 */
	private record Options(boolean noDelay, boolean keepAlive) {

	}

}
