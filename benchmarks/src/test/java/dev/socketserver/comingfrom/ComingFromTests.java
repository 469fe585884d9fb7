package dev.socketserver.comingfrom;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.channel.NACChannel;
import org.jpos.iso.packager.ISO87APackager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.integration.core.MessagingTemplate;
import org.springframework.integration.ip.tcp.connection.AbstractServerConnectionFactory;
import org.springframework.messaging.MessageChannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The servers of other libraries that {@code docs/coming-from.md} shows are right. */
@Timeout(60)
class ComingFromTests {

	@Test
	void springIntegration() throws IOException {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				SpringIntegrationUpper.class)) {
			AbstractServerConnectionFactory server = context.getBean(AbstractServerConnectionFactory.class);
			await().until(server::isListening);
			assertThat(ask(server.getPort())).isEqualTo("HELLO\n");
		}
	}

	/** The first server is down. */
	@Test
	void springIntegrationFailsOver() throws Exception {
		try (NettyUpper server = new NettyUpper();
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("ports",
						Map.of("plant.first", freePort(), "plant.second", server.start())));
			context.register(SpringIntegrationPlant.class);
			context.refresh();
			assertThat(new MessagingTemplate().convertSendAndReceive(context.getBean("ask.input", MessageChannel.class),
					"hello", String.class))
				.isEqualTo("HELLO");
		}
	}

	@Test
	void netty() throws Exception {
		try (NettyUpper server = new NettyUpper()) {
			assertThat(ask(server.start())).isEqualTo("HELLO\n");
		}
	}

	@Test
	void mina() throws IOException {
		try (MinaUpper server = new MinaUpper()) {
			assertThat(ask(server.start()).strip()).isEqualTo("HELLO");
		}
	}

	@Test
	void vertx() throws Exception {
		try (VertxUpper server = new VertxUpper()) {
			int port = server.start().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS).actualPort();
			assertThat(ask(port)).isEqualTo("HELLO\n");
		}
	}

	@Test
	void jpos() throws Exception {
		int port = freePort();
		JposEcho server = new JposEcho(port);
		server.start();
		try {
			await().until(() -> isOpen(port));
			assertThat(pay(port)).isEqualTo("0810");
		}
		finally {
			server.close();
		}
	}

	@Test
	void theSameMessagesWithoutAChannelOfJpos() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			// Not the properties of the benchmarks.
			.properties("spring.config.name=payments", "socket.servers.payments.port=0",
					"socket.servers.payments.framing=iso8583")
			.run()) {
			SocketServer server = context.getBean(SocketServers.class).server("payments").orElseThrow();
			assertThat(pay(server.localAddress().getPort())).isEqualTo("0810");
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket free = new ServerSocket(0)) {
			return free.getLocalPort();
		}
	}

	private static boolean isOpen(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Sends a message with jPOS and returns the type of the reply. */
	private static String pay(int port) throws Exception {
		NACChannel client = new NACChannel("localhost", port, new ISO87APackager(), new byte[0]);
		client.connect();
		ISOMsg request = new ISOMsg("0800");
		request.set(11, "000001");
		client.send(request);
		String type = client.receive().getMTI();
		client.disconnect();
		return type;
	}

	/** Sends a line and returns the one that comes back. */
	private static String ask(int port) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			StringBuilder reply = new StringBuilder();
			int next;
			do {
				next = socket.getInputStream().read();
				reply.append((char) next);
			}
			while (next != '\n' && next != -1);
			return reply.toString();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Payments.class, IsoMessages.class })
	static class Application {

	}

}
