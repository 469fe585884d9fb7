package dev.socketserver.demo;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.spec.gate.RateExceededException;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The handler of the page about rates. */
@SocketServerTest(properties = { "spring.config.location=classpath:rates.yml", "socket.servers.strict.port=0",
		"socket.servers.strict.rate.messages=1/h", "socket.servers.strict.rate.on-exceeded=error" })
class RateTests {

	@Autowired
	private SocketServers servers;

	@Test
	void thePeerIsAskedToSendMoreSlowly(@SocketConnection("fast") SocketTestClient client) {
		client.send("a").expect("a");
		client.send("b").expect("b");
		client.send("c").expect("SLOWER");
		client.send("d").expect("SLOWER");
	}

	@Test
	void aHandlerWithoutAnAnswerToThatLosesTheSession(@SocketConnection("strict") SocketTestClient client) {
		client.send("a").expect("a");
		client.send("b").expectClosed();
		Awaitility.await()
			.until(() -> this.servers.get("strict").statistics().closed().containsKey(CloseReason.HANDLER_ERROR));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Fast.class, Strict.class })
	static class Application {

	}

	@SocketHandler("strict")
	static class Strict {

		@OnMessage
		String echo(String line) {
			return line;
		}

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
