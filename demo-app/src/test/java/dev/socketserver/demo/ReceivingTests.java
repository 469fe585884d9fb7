package dev.socketserver.demo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The examples of docs/receiving.md. */
@SocketServerTest(classes = ReceivingTests.Handlers.class,
		properties = { "spring.config.name=receiving", "socket.servers.count.port=0", "socket.servers.price.port=0" })
class ReceivingTests {

	@Test
	void severalReplies(@SocketConnection("count") SocketTestClient client) {
		assertThat(client.ask("3")).isEqualTo("1");
		client.expect("2");
		client.expect("3");
	}

	@Test
	void laterReplies(@SocketConnection("price") SocketTestClient client) {
		client.send("slow");
		client.send("quick");
		client.expect("slow costs 4");
		client.expect("quick costs 5");
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("count")
		Function<String, Stream<String>> count() {
			return (line) -> IntStream.rangeClosed(1, Integer.parseInt(line)).mapToObj(String::valueOf);
		}

		@Bean
		@SocketHandler("price")
		Function<String, CompletableFuture<String>> price() {
			return (item) -> new CompletableFuture<String>().completeOnTimeout(item + " costs " + item.length(),
					item.equals("slow") ? 200 : 1, TimeUnit.MILLISECONDS);
		}

	}

}
