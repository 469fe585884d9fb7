package dev.socketserver.autoconfigure.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Heartbeats of a server that listens by TCP, TLS and UDP.
 */
class HeartbeatListenersTests {

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	private void run(String replyTimeout, ContextConsumer<AssertableApplicationContext> test) throws Exception {
		this.files.write("server", CertificateFiles.sign("server"));
		String server = "socket.servers.gateway.";
		String heartbeat = server + "heartbeat.";
		this.files
			.in(new ApplicationContextRunner().withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, SslAutoConfiguration.class)))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues(server + "port=0", server + "framing=line", server + "listeners.tls.port=0",
					server + "listeners.tls.ssl.bundle=own", server + "listeners.datagrams.port=0",
					server + "listeners.datagrams.protocol=udp", heartbeat + "period=100ms", heartbeat + "timeout=60s",
					heartbeat + "message=PING 0", heartbeat + "placeholder=-1:1", heartbeat + "reply=PONG",
					heartbeat + "reply-timeout=" + replyTimeout, heartbeat + "answer[0].to=HELLO",
					heartbeat + "answer[0].with=WELCOME ?", heartbeat + "answer[0].copy=-1:1",
					"spring.ssl.bundle.pem.own.keystore.certificate=${certificates}/server.crt",
					"spring.ssl.bundle.pem.own.keystore.private-key=${certificates}/server.key")
			.run(test);
	}

	private static int port(SocketServer server, String listener) {
		return server.listeners()
			.stream()
			.filter((each) -> each.name().equals(listener))
			.findFirst()
			.orElseThrow()
			.port();
	}

	private static Socket connected(SocketServer server, String listener) throws Exception {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server, listener));
		socket.setSoTimeout(Patience.millis());
		if (!listener.equals("tls")) {
			return socket;
		}
		SSLContext ssl = SSLContext.getInstance("TLS");
		ssl.init(new KeyManager[0], new TrustManager[] { CertificateFiles.authority().toTrustManager() }, null);
		return ssl.getSocketFactory().createSocket(socket, "127.0.0.1", 0, true);
	}

	private static SocketServer server(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("gateway");
	}

	private static void beats(Socket socket) throws IOException {
		BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
		assertThat(lines.readLine()).isEqualTo("PING 0");
		socket.getOutputStream().write("PONG\nHELLO 7\n".getBytes());
		String line = lines.readLine();
		while (line.startsWith("PING")) {
			line = lines.readLine();
		}
		assertThat(line).isEqualTo("WELCOME 7");
		assertThat(lines.readLine()).startsWith("PING ");
	}

	@Test
	void eachListenerHasThem() throws Exception {
		run("60s", (context) -> {
			for (String listener : new String[] { "main", "tls" }) {
				try (Socket socket = connected(server(context), listener)) {
					beats(socket);
				}
			}
			try (DatagramSocket socket = new DatagramSocket()) {
				socket.setSoTimeout(Patience.millis());
				send(socket, server(context), "HELLO 7");
				assertThat(received(socket)).startsWith("WELCOME 7");
				assertThat(received(socket)).startsWith("PING 0");
				send(socket, server(context), "PONG");
				assertThat(received(socket)).startsWith("PING 1");
			}
			assertThat((Queue<?>) context.getBean("messages")).isEmpty();
			assertThat(server(context).statistics().messagesReceived()).isZero();
			assertThat(server(context).statistics().messagesSent()).isZero();
		});
	}

	@Test
	void aPeerThatDoesNotAnswerIsCutAtEach() throws Exception {
		AtomicInteger received = new AtomicInteger();
		// A server that stands still may cut before it has read anything.
		for (int millis = 200; millis < 10_000 && received.get() < 3; millis *= 2) {
			run(millis + "ms", (context) -> {
				cutsEach(server(context));
				received.set(((Queue<?>) context.getBean("messages")).size());
			});
		}
		assertThat(received).hasValue(3);
	}

	private static void cutsEach(SocketServer server) throws Exception {
		try (Socket plain = connected(server, "main");
				Socket tls = connected(server, "tls");
				DatagramSocket datagrams = new DatagramSocket()) {
			try {
				tls.getOutputStream().write("PON\nPIN PONG\n".getBytes());
			}
			catch (IOException ex) {
				// It was cut before.
			}
			send(datagrams, server, "any");
			await().atMost(Patience.limit()).until(() -> cut(server) == 3);
			assertThat(plain.isConnected()).isTrue();
		}
	}

	private static long cut(SocketServer server) {
		return server.statistics().closed().getOrDefault(CloseReason.HEARTBEAT_TIMEOUT, 0L);
	}

	private static void send(DatagramSocket socket, SocketServer server, String text) throws IOException {
		socket.send(new DatagramPacket(text.getBytes(), text.length(), InetAddress.getLoopbackAddress(),
				port(server, "datagrams")));
	}

	private static String received(DatagramSocket socket) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[100], 100);
		socket.receive(packet);
		return new String(packet.getData(), 0, packet.getLength());
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Queue<String> messages() {
			return new ConcurrentLinkedQueue<>();
		}

		@Bean
		@SocketHandler("gateway")
		Consumer<String> gateway(Queue<String> messages) {
			return messages::add;
		}

	}

}
