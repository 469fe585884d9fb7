package dev.socketserver.netty.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * How sessions with TLS end, and what of broken records is seen.
 */
class TlsEndTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private SocketServer upper(Tls tls) {
		return upper(tls, UnaryOperator.identity());
	}

	private SocketServer upper(Tls tls, UnaryOperator<ServerSpec.Builder> spec) {
		Function<String, String> upper = (line) -> line.toUpperCase();
		return this.fixture.lines(upper, (builder) -> spec.apply(builder.tls(tls)));
	}

	@Test
	void lastReplyIsFollowedByTheEndOfTls() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")),
				(spec) -> spec.requestsPerSession(1));

		try (Peer peer = new Peer(server)) {
			// A socket of the JVM throws if the end is not that of TLS.
			assertThat(peer.send("one\ntwo\nthree\n").rest()).isEqualTo("ONE\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Test
	void repliesComeAfterTheEndOfThePeersOutput() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			byte[] all = in.readAllBytes();
			for (int i = 0; i < 100; i++) {
				out.write(all);
				out.flush();
			}
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));
		String sent = "x".repeat(10_000);

		try (Peer peer = new Peer(server)) {
			peer.send(sent).endOutput();
			assertThat(peer.rest()).isEqualTo(sent.repeat(100));
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void withTls12ThePeersEndIsThatOfBothDirections() throws Exception {
		List<String> received = new ArrayList<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			received.add(new String(in.readAllBytes(), UTF_8));
			while (true) {
				out.write("too late".getBytes(UTF_8));
				out.flush();
			}
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server, AUTHORITY.client(), null, "TLSv1.2")) {
			peer.send("all of it").endOutput();
			assertThat(peer.rest()).isEmpty();
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(status.detail()).contains("which with TLS 1.2 ends both directions");
		}
		assertThat(received).containsExactly("all of it");
	}

	@Test
	void outputCanEndBeforeTheInput() throws Exception {
		List<String> received = new ArrayList<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			out.write("bye\n".getBytes(UTF_8));
			out.flush();
			session.shutdownOutput();
			received.add(new String(in.readAllBytes(), UTF_8));
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEqualTo("bye\n");
			peer.send("still here").endOutput();
			this.fixture.nextClosed();
		}
		assertThat(received).containsExactly("still here");
	}

	@Test
	void endWithoutTheEndOfTlsIsNoEndOfTheStream() throws Exception {
		List<Throwable> thrown = new ArrayList<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			try {
				in.readAllBytes();
			}
			catch (IOException ex) {
				thrown.add(ex);
				throw ex;
			}
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			peer.send("half of").endTcpOutput();
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(status.detail()).contains("without a TLS close_notify");
			assertThat(thrown).hasSize(1);
		}
	}

	@Every.Transport
	void whatCameWithoutTheEndOfTlsIsHandled(SocketTransport transport) throws Exception {
		CountDownLatch inputEnded = new CountDownLatch(1);
		this.fixture.customizers.add((pipeline, spec) -> pipeline.addLast("watch", new ChannelInboundHandlerAdapter() {

			@Override
			public void userEventTriggered(ChannelHandlerContext context, Object event) {
				context.fireUserEventTriggered(event);
				if (event instanceof ChannelInputShutdownEvent) {
					inputEnded.countDown();
				}
			}

		}));
		CompletableFuture<@Nullable Object> go = new CompletableFuture<>();
		AtomicInteger handled = new AtomicInteger();
		SocketServer server = this.fixture.lines((line) -> {
			handled.incrementAndGet();
			return go.join();
		}, (spec) -> spec.transport(transport).tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			peer.send("line\n".repeat(500)).send("half of").endTcpOutput();
			if (transport == SocketTransport.EPOLL) {
				// Others do not look for the end before there is room.
				Patience.await(inputEnded);
			}
			go.complete(null);
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(status.detail()).contains("without a TLS close_notify");
			assertThat(handled).hasValue(500);
		}
	}

	@Test
	void nobodyWaitsForAHandlerThatTakesNothing() throws Exception {
		ConnectionHandler<Void> greedy = (state, data, session) -> null;
		SocketServer server = this.fixture.connections(greedy,
				(spec) -> spec.readBuffer(1024).tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			// More than the inbox has room for, and no more than the system keeps.
			peer.send(new byte[100_000]).endTcpOutput();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		}
	}

	@Test
	void cutSessionDoesNotSeemToEndInGoodOrder() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			ServerFixture.session(server).abort();
			assertThatThrownBy(peer::rest).isInstanceOf(IOException.class);
		}
	}

	@Test
	void brokenRecordEndsTheSession() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			peer.sendTcp(new byte[] { 0x17, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
					19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 });
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.detail()).startsWith("TLS: ");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void alertOfThePeerIsNotABrokenRecord(String version) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server, AUTHORITY.client(), null, version)) {
			peer.ask("one");
			peer.breakTcpInput();
			assertThatThrownBy(() -> peer.ask("two")).isInstanceOf(SSLException.class);
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(status.detail()).startsWith("TLS: ").contains("alert");
		}
	}

	@Test
	void bytesThatAreNoRecordStayOutOfDetails() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			peer.sendTcp("a secret that was meant to be encrypted".getBytes(UTF_8));
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.detail()).isEqualTo("TLS: no TLS record");
			assertThat(status.cause()).isNull();
		}
	}

	/** They may be anybody's on the way: the replies so far must not seem to be all. */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void bytesThatAreNoRecordDoNotMakeWhatWasSentSeemWhole(String protocol) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			out.write('x');
			out.flush();
			end.await();
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server, AUTHORITY.client(), null, protocol)) {
			peer.bytes(1);
			peer.sendTcp("no record".getBytes(UTF_8));
			assertThat(peer.tcpRest()).isEmpty();
		}
		finally {
			end.countDown();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
	}

	/** Whoever waited for the rest of such a record would keep up to 64 KB of it. */
	@ParameterizedTest
	@ValueSource(strings = { "170303FFFF", "1703034801", "17050000FF", "FFFF010300" })
	void recordThatCannotBeEndsTheSessionAtOnce(String header) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			peer.sendTcp(HexFormat.of().parseHex(header));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		}
	}

	@Test
	void junkAfterTheEndOfTlsIsNotKept() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			in.readAllBytes();
			ended.countDown();
			end.await();
		}, (spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			peer.send("x").endTlsOutput();
			ended.await();
			byte[] junk = new byte[1024 * 1024];
			for (int i = 0; i < 32; i++) {
				// It is read and dropped, so that this does not get stuck.
				peer.sendTcp(junk);
			}
			end.countDown();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
	}

}
