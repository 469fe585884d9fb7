package dev.socketserver.netty;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What sessions are sent when their server stops.
 */
@Tag("virtual-threads")
class FarewellTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.BlockingWay
	void farewellOfAStreamIsWhatItIs(Way way) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			entered.countDown();
			in.readAllBytes();
		}, (spec) -> way.spec().apply(spec).farewell("good bye"));
		try (Peer peer = new Peer(server)) {
			entered.await();
			assertThat(server.stop(Patience.limit())).isTrue();
			assertThat(peer.rest()).isEqualTo("good bye");
		}
	}

	@Test
	void farewellOfBytesMayBeHexadecimal() throws Exception {
		SocketServer bytes = this.fixture.start(
				ServerHandler.function("bytes", PayloadConverter.bytes(), UnaryOperator.identity()),
				(spec) -> spec.framing(Framing.lengthField().width(1).build()).farewell("hex:00 ff0d"));
		try (Peer peer = new Peer(bytes)) {
			peer.send(new byte[] { 1, 7 });
			assertThat(peer.bytes(2)).containsExactly(1, 7);
			assertThat(bytes.stop(Patience.limit())).isTrue();
			assertThat(peer.bytes(4)).containsExactly(3, 0, -1, '\r');
			assertThat(peer.rest()).isEmpty();
		}
		ServerSpec.Builder odd = ServerSpec.builder("odd")
			.handler(bytes.spec().session().handler())
			.farewell("hex:0d0");
		assertThatIllegalArgumentException().isThrownBy(odd.framing(Framing.raw())::build)
			.withMessageContaining("farewell is hex:0d0, but must have two hexadecimal digits");
		this.fixture.servers.remove("test");
		SocketServer text = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("hex:0d0"));
		try (Peer peer = new Peer(text)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(text.stop(Patience.limit())).isTrue();
			assertThat(peer.rest()).isEqualTo("hex:0d0\n");
		}
	}

	@Test
	void farewellThatTheFramingRefusesKeepsNobodyFromStopping() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("fixed", PayloadConverter.bytes(), UnaryOperator.identity()),
				(spec) -> spec.framing(Framing.fixed(2)).farewell("good bye"));
		try (Peer peer = new Peer(server)) {
			peer.send("ab");
			assertThat(peer.bytes(2)).hasSize(2);
			assertThat(server.stop(Patience.limit())).isTrue();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void immediateStopSaysNothing() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("good bye"));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(server.stop(Duration.ZERO)).isTrue();
			assertThat(peer.sawReset()).isTrue();
		}
	}

}
