package dev.socketserver.netty.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.listen.Tls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many handshakes that stop where they cost most. They are no sessions, so that no limit
 * of memory counts what they have the server hold: it must not be much.
 */
@Tag("long")
class HandshakeFloodTests {

	private static final int PEERS = 500;

	private static final int MOST = Tls.DEFAULT_CLIENT_HELLO_BYTES;

	@ParameterizedTest
	@EnumSource
	void handshakesThatStopHarmNobody(Stop where) throws Exception {
		byte[] bytes = where.bytes();
		List<Socket> flood = new ArrayList<>();
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of("-Xmx64m", "-XX:MaxDirectMemorySize=16m"), Program.class)) {
			int port = Integer.parseInt(jvm.next());
			try (Peer other = peer(port)) {
				for (int i = 0; i < PEERS; i++) {
					Socket socket = new Socket();
					flood.add(socket);
					socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
					socket.getOutputStream().write(bytes);
				}
				jvm.command("accept all");
				assertThat(jvm.next()).isEqualTo(PEERS + " pending");
				assertThat(other.ask("hello")).isEqualTo("hello");
				try (Peer another = peer(port)) {
					assertThat(another.ask("hello")).isEqualTo("hello");
				}
				jvm.command("threads");
				assertThat(jvm.next()).isEqualTo("0 threads of handshakes");
			}
		}
		finally {
			Opened.closeAll(flood);
		}
	}

	private static Peer peer(int port) throws IOException {
		return new Peer(port, 0, Certificates.credulous());
	}

	/** Where a handshake goes no further. */
	enum Stop {

		/** Within a long ClientHello, each byte of which is a record. */
		CRUMBS {

			@Override
			byte[] bytes() {
				byte[] record = new byte[5 + 4 + MOST - 1];
				ByteBuffer.wrap(record)
					.put((byte) 0x16)
					.putShort((short) 0x301)
					.putShort((short) 0)
					.putInt(1 << 24 | MOST);
				return ClientHelloTests.records(record, 1, 1);
			}

		},

		/** When the server has said who it is. */
		SILENCE {

			@Override
			byte[] bytes() throws Exception {
				return ClientHelloTests.record("localhost");
			}

		},

		/** Within the longest record after that. */
		PART {

			@Override
			byte[] bytes() throws Exception {
				byte[] hello = ClientHelloTests.record("localhost");
				byte[] all = Arrays.copyOf(hello, hello.length + 16_000);
				ByteBuffer.wrap(all, hello.length, 5).put((byte) 0x16).putShort((short) 0x303).putShort((short) 16_384);
				return all;
			}

		};

		abstract byte[] bytes() throws Exception;

	}

	/** Serves, and says how many connections are pending when all were accepted. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			Patience.begin();
			NettySocketServers servers = new NettySocketServers(List.of());
			SocketServer server = servers.register(ServerSpec.builder("program")
				.handler(ServerHandler.function("same", PayloadConverter.text(UTF_8), (line) -> line))
				.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
				// All are of one address, which may have no more than a quarter of the
				// places.
				.limits((l) -> l.pending(5 * PEERS))
				.build());
			server.start();
			OtherJvm.say("" + Objects.requireNonNull(server.localAddress()).getPort());
			awaitWord();
			// Those that are refused are none of them.
			Awaitility.await().atMost(Patience.limit()).until(() -> server.statistics().accepted() == PEERS + 1);
			Patience.still(() -> server.statistics().pending());
			OtherJvm.say(server.statistics().pending() + " pending");
			awaitWord();
			// The loop has computed them all.
			OtherJvm.say(Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("socket-server-tls"))
				.count() + " threads of handshakes");
		}

		private static void awaitWord() throws IOException {
			while (System.in.read() != '\n') {
				// Until it receives a command.
			}
		}

	}

}
