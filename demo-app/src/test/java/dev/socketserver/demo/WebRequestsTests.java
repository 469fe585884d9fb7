package dev.socketserver.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How the documentation lets web requests that use clients end before the clients stop.
 */
class WebRequestsTests {

	@Test
	void requestsThatAskAClientEndBeforeItStops() throws Exception {
		int port = Ports.free();
		ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--spring.config.name=none",
				"--server.port=" + port, "--server.address=127.0.0.1", "--socket.servers.upper.port=0",
				"--socket.clients.upper.port=local.socket.upper.port");
		Questions questions = context.getBean(Questions.class);
		CompletableFuture<HttpResponse<String>> response = HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/question")).build(),
					HttpResponse.BodyHandlers.ofString());
		questions.begun.await();

		CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);
		await().atMost(Patience.limit()).until(() -> refuses(port));
		questions.goOn.countDown();

		assertThat(response).succeedsWithin(Patience.limit()).returns("QUESTION", HttpResponse::body);
		assertThat(closing).succeedsWithin(Patience.limit());
	}

	private static boolean refuses(int port) {
		try {
			new Socket(InetAddress.getLoopbackAddress(), port).close();
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Questions.class)
	static class Application {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@EventListener
		void endWebRequestsFirst(ContextClosedEvent event) throws InterruptedException {
			if (event.getApplicationContext() instanceof WebServerApplicationContext web) {
				WebServer server = web.getWebServer();
				if (server != null) {
					CountDownLatch ended = new CountDownLatch(1);
					server.shutDownGracefully((result) -> ended.countDown());
					ended.await(20, TimeUnit.SECONDS);
				}
			}
		}

	}

	@RestController
	static class Questions {

		private final SocketClients clients;

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		Questions(SocketClients clients) {
			this.clients = clients;
		}

		@GetMapping("/question")
		Object question() throws Exception {
			this.begun.countDown();
			this.goOn.await();
			return this.clients.client("upper").orElseThrow().ask("question", Patience.limit()).get();
		}

	}

}
