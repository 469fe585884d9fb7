package dev.socketserver.demo;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.spec.gate.RateExceededException;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The handler of the page about rates. */
@SocketServerTest(properties = "spring.config.location=classpath:rates.yml")
class RateTests {

	@Test
	void thePeerIsToldToSendMoreSlowly(@SocketConnection("fast") SocketTestClient client) {
		client.send("a").expect("a");
		client.send("b").expect("b");
		client.send("c").expect("SLOWER");
		client.send("d").expect("SLOWER");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Fast.class)
	static class Application {

	}

	@SocketHandler("fast")
	static class Fast {

		@OnMessage
		String echo(String line) {
			return line;
		}

		@OnError
		String tooFast(RateExceededException failure) {
			return "SLOWER";
		}

	}

}
