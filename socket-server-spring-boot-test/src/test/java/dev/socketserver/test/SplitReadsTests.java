package dev.socketserver.test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a payload that is cut in two reaches the server in two reads.
 */
@SpringBootTest(properties = { "socket.servers.plain.port=1", "socket.servers.secured.port=2",
		"socket.servers.secured.ssl.bundle=server", "socket.servers.paused.port=3" })
class SplitReadsTests {

	private static final String TRANSCRIPT = "> \"0123456789abcd\"\n! PEER_CLOSED\n";

	@Autowired
	private Reads reads;

	@DynamicPropertySource
	static void certificate(DynamicPropertyRegistry registry) throws Exception {
		X509Bundle server = new CertificateBuilder().subject("CN=server")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		registry.add("spring.ssl.bundle.pem.server.keystore.certificate", server::getCertificatePathPEM);
		registry.add("spring.ssl.bundle.pem.server.keystore.private-key", server::getPrivateKeyPEM);
	}

	@Test
	void eachPartIsARead(@SocketConnection("plain") SocketTestClient client) throws Exception {
		assertEachPartIsARead(client);
	}

	@Test
	void eachPartIsAReadOverTls(@SocketConnection("secured") SocketTestClient client) throws Exception {
		assertEachPartIsARead(client);
	}

	private void assertEachPartIsARead(SocketTestClient client) throws Exception {
		// It waits for a session to read for a second at most.
		Patience.undisturbed(Duration.ofMillis(250), () -> {
			TranscriptReplay replay = client.everySplit();
			replay.replay(TRANSCRIPT);

			assertThat(this.reads.ofSessions(13)).hasSize(13).containsOnly(2);
			assertThat(replay.splits()).isEqualTo(13);
			assertThat(replay.splitsRead()).isEqualTo(13);
		});
	}

	@Test
	void doesNotSayWhatItCannotKnow(@LocalSocketPort("plain") int port) throws Exception {
		try (SocketTestClient client = SocketTestClient.connect(port)) {
			TranscriptReplay replay = client.everySplit();
			replay.replay("> \"abc\"\n! PEER_CLOSED\n");

			assertThat(this.reads.ofSessions(2)).hasSize(2);
			assertThat(replay.splits()).isEqualTo(2);
			assertThat(replay.splitsRead()).isZero();
		}
	}

	@Test
	void doesNotWaitForASessionThatDoesNotRead(@SocketConnection("paused") SocketTestClient client) {
		TranscriptReplay replay = client.everySplit();
		replay.replay("> \"x\"\n< \"paused\"\n> \"0123456789abcdefghijklmnopqrstuvwxyz\"\n");

		assertThat(replay.splits()).isEqualTo(35);
		assertThat(replay.splitsRead()).isZero();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Servers {

		@Bean
		@SocketHandler({ "plain", "secured", "paused" })
		Reads reads() {
			return new Reads();
		}

	}

	/** Counts the reads of each session. */
	static class Reads implements ConnectionHandler<Integer> {

		private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();

		@Override
		public Integer opened(SocketSession session) {
			return 0;
		}

		@Override
		public Integer received(Integer state, ByteBuffer data, SocketSession session) {
			data.position(data.limit());
			if (session.server().equals("paused")) {
				session.pauseReads();
				session.send("paused".getBytes(StandardCharsets.US_ASCII));
			}
			return state + 1;
		}

		@Override
		public void closed(Integer state, SocketSession session, CloseStatus status) {
			if (state > 0) {
				this.ended.add(state);
			}
		}

		List<Integer> ofSessions(int count) throws InterruptedException {
			List<Integer> reads = new ArrayList<>();
			while (reads.size() < count) {
				Integer next = this.ended.poll(Patience.seconds(), TimeUnit.SECONDS);
				if (next == null) {
					break;
				}
				reads.add(next);
			}
			return reads;
		}

	}

}
