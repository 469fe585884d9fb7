package dev.socketserver.test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.event.SocketSessionClosedEvent;
import dev.socketserver.event.SocketSessionOpenedEvent;
import dev.socketserver.fixtures.Patience;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalSocketPort}, {@link LocalSocketPath} and {@link SocketConnection}
 * where a server has several listeners.
 */
@SpringBootTest(properties = { "socket.servers.gateway.port=1", "socket.servers.gateway.listeners.tls.port=2",
		"socket.servers.gateway.listeners.tls.ssl.bundle=server", "socket.servers.gateway.listeners.frames.port=3",
		"socket.servers.gateway.listeners.frames.framing=length-field",
		"socket.servers.gateway.listeners.local.domain-socket.path=/run/nobody/gateway.sock" })
class ListenerConnectionTests {

	@LocalSocketPort("gateway")
	private int main;

	@LocalSocketPort("gateway/tls")
	private int port;

	@LocalSocketPath("gateway/local")
	private Path path;

	@SocketConnection("gateway/tls")
	private SocketTestClient client;

	@DynamicPropertySource
	static void certificate(DynamicPropertyRegistry registry) throws Exception {
		X509Bundle authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle signed = new CertificateBuilder().subject("CN=server").buildIssuedBy(authority);
		registry.add("spring.ssl.bundle.pem.server.keystore.certificate", signed::getCertificatePathPEM);
		registry.add("spring.ssl.bundle.pem.server.keystore.private-key", signed::getPrivateKeyPEM);
		registry.add("spring.ssl.bundle.pem.server.truststore.certificate", authority::getCertificatePEM);
	}

	@Test
	void eachListenerHasAFreePort(@Autowired Environment environment, @LocalSocketPort("gateway/main") int same) {
		assertThat(List.of(this.main, this.port)).doesNotHaveDuplicates().noneMatch((port) -> port < 1024);
		assertThat(same).isEqualTo(this.main);
		assertThat(environment.getProperty("local.socket.gateway/tls.port", Integer.class)).isEqualTo(this.port);
	}

	@Test
	void speaksWhatTheListenerDoes(@SocketConnection("gateway") SocketTestClient plain,
			@SocketConnection("gateway/frames") SocketTestClient frames,
			@SocketConnection("gateway/local") SocketTestClient local) throws IOException {
		assertThat(this.client.ask("hello")).isEqualTo("tls hello");
		assertThat(plain.ask("hello")).isEqualTo("main hello");
		assertThat(frames.ask("two\nlines")).isEqualTo("frames two\nlines");
		assertThat(local.ask("hello")).isEqualTo("local hello");
		assertThat(this.path).exists().hasFileName("gateway_local.sock");
	}

	@Test
	void anIdentityIsAskedByWhicheverListenerItCame(@SocketConnection("gateway/local") SocketTestClient local,
			@Autowired SocketServers servers) throws Exception {
		assertThat(local.ask("as one")).isEqualTo("local as one");
		assertThat(this.client.ask("as one")).isEqualTo("tls as one");

		SocketSession session = servers.find("device", "one").get(0);
		assertThat(session.listener()).isEqualTo("tls");
		session.send("are you there");
		this.client.expect("are you there");
		local.expectClosed();
	}

	@Test
	void eventsNameTheListener(@Autowired Events events) throws Exception {
		assertThat(this.client.ask("as event")).isEqualTo("tls as event");
		SocketSessionOpenedEvent opened = Patience.next(events.opened);
		assertThat(opened.listener()).isEqualTo(opened.session().listener());
		assertThat(opened.server().name()).isEqualTo("gateway");
		assertThat(opened).hasToString("SocketSessionOpenedEvent[server=gateway/" + opened.listener() + ", session="
				+ opened.session().id() + "]");

		this.client.endOutput().expectClosed();
		SocketSessionClosedEvent closed;
		do {
			closed = Patience.next(events.closed);
		}
		while (!closed.listener().equals("tls"));
		assertThat(closed.session().listener()).isEqualTo("tls");
		assertThat(closed.toString()).startsWith("SocketSessionClosedEvent[server=gateway/tls, session=");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Servers {

		@Bean
		@SocketHandler("gateway")
		Gateway gateway() {
			return new Gateway();
		}

		@Bean
		Events events() {
			return new Events();
		}

	}

	/** Says by which listener a line came. */
	static class Gateway {

		@OnMessage
		String said(String line, SocketSession session) {
			if (line.startsWith("as ")) {
				session.bind("device", line.substring(3), BindPolicy.REPLACE);
			}
			return session.listener() + " " + line;
		}

	}

	/** The events of sessions. */
	static class Events {

		private final BlockingQueue<SocketSessionOpenedEvent> opened = new LinkedBlockingQueue<>();

		private final BlockingQueue<SocketSessionClosedEvent> closed = new LinkedBlockingQueue<>();

		@EventListener
		void opened(SocketSessionOpenedEvent event) {
			this.opened.add(event);
		}

		@EventListener
		void closed(SocketSessionClosedEvent event) {
			this.closed.add(event);
		}

	}

}
