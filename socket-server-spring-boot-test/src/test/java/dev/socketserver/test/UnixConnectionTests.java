package dev.socketserver.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of servers that listen on a Unix socket.
 */
@SpringBootTest(properties = { "socket.servers.echo.domain-socket.path=/run/nobody/echo.sock",
		"socket.servers.secret.domain-socket.path=/run/nobody/secret.sock", "socket.servers.secret.handler=echo",
		"socket.servers.secret.ssl.bundle=own" })
class UnixConnectionTests {

	@SocketConnection("echo")
	private SocketTestClient client;

	@DynamicPropertySource
	static void certificate(DynamicPropertyRegistry registry) throws Exception {
		X509Bundle own = new CertificateBuilder().subject("CN=own").setIsCertificateAuthority(true).buildSelfSigned();
		registry.add("spring.ssl.bundle.pem.own.keystore.certificate", own::getCertificatePathPEM);
		registry.add("spring.ssl.bundle.pem.own.keystore.private-key", own::getPrivateKeyPEM);
	}

	@Test
	void clientIsConnectedToThePath(@LocalSocketPath("echo") Path path) {
		assertThat(this.client.ask("hello")).isEqualTo("hello");
		assertThat(this.client).hasToString("SocketTestClient[unix: to unix:" + path + "]");
	}

	@Test
	void aStreamIsDividedAndEnds() {
		this.client.inSegmentsOf(1).sendRaw("one\ntwo\nthree").endOutput();
		this.client.expect("one").expect("two").expect("three").expectClosed();
	}

	@Test
	void transcriptsArePlayedInEveryForm(@SocketConnection("echo") SocketTestClient other) {
		String transcript = """
				> "one\\n"
				< "one\\n"
				! PEER_CLOSED
				""";
		this.client.everySplit().replay(transcript);
		this.client.glued().replay(transcript);
		other.replay(transcript);
	}

	@Test
	void muchIsSentAndReceivedAtOnce() {
		String much = "x".repeat(60_000);
		CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 20; i++) {
				this.client.send(much);
			}
		});
		for (int i = 0; i < 20; i++) {
			assertThat(this.client.receive()).isEqualTo(much);
		}
		sent.join();
	}

	@Test
	void whatDoesNotArriveIsSaid() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.client.timeout(Duration.ofMillis(50)).receive())
			.withMessageContaining("nothing arrived, and the connection is still open after 50 ms");
	}

	@Test
	void theEndOfTheServerIsSeen(@Autowired SocketServers servers) {
		assertThat(this.client.ask("hello")).isEqualTo("hello");
		SocketServer server = servers.get("echo");
		server.sessions().forEach((session) -> session.close());
		this.client.expectClosed();
	}

	@Test
	void tlsIsSpokenOverIt(@SocketConnection("secret") SocketTestClient secret) {
		assertThat(secret.ask("hello")).isEqualTo("hello");
		secret.endOutput().expectClosed();
	}

	/** The application under test. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@SocketHandler("echo")
		UnaryOperator<String> echo() {
			return UnaryOperator.identity();
		}

	}

}
