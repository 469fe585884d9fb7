package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * The conversation that the documentation shows, on a server made in code.
 */
@Tag("virtual-threads")
@DemoTest
class ConversationTests {

	@Autowired
	private SocketServers servers;

	private SocketTestClient client;

	static class GuessANumber implements ConversationHandler<String, String> {

		private static final Duration PATIENCE = Duration.ofMinutes(1);

		private final int number;

		GuessANumber(int number) {
			this.number = number;
		}

		@Override
		public void handle(Conversation<String, String> conversation) throws Exception {
			conversation.send("What is your name?");
			String name = conversation.receive();
			conversation.send("Guess a number, " + name);
			try {
				String guess = conversation.receive(PATIENCE);
				while (guess != null && !guess.equals(Integer.toString(this.number))) {
					conversation.send("No, try again");
					guess = conversation.receive(PATIENCE);
				}
				conversation.send((guess != null) ? "Yes!" : "A pity: it was " + this.number);
			}
			catch (TimeoutException ex) {
				conversation.send("You think too long");
			}
		}

	}

	@BeforeEach
	void startServer() {
		SocketServer server = this.servers.register(ServerSpec.builder("guess")
			.handler(ServerHandler.conversation("guess", PayloadConverter.text(StandardCharsets.UTF_8),
					new GuessANumber(42)))
			.build());
		server.start();
		this.client = SocketTestClient.connect(server);
	}

	@AfterEach
	void removeServer() {
		this.client.close();
		this.servers.remove("guess");
	}

	@Test
	void asksUntilTheAnswerIsRight() {
		this.client.expect("What is your name?");
		assertAnswer("Ada", "Guess a number, Ada");
		assertAnswer("41", "No, try again");
		assertAnswer("42", "Yes!");
		this.client.expectClosed();
	}

	@Test
	void hasTheLastWordWhenThePeerEndsItsOutput() {
		this.client.expect("What is your name?");
		this.client.sendRaw("Ada\n41\n").endOutput();
		this.client.expect("Guess a number, Ada").expect("No, try again").expect("A pity: it was 42").expectClosed();
	}

	@Test
	void hasTheLastWordWhenTheServerStops() {
		this.client.expect("What is your name?");
		assertAnswer("Ada", "Guess a number, Ada");
		ServerOperations.of(this.servers.server("guess").orElseThrow()).beginStop(Duration.ofSeconds(10));
		this.client.expect("A pity: it was 42").expectClosed();
	}

	private void assertAnswer(String line, String answer) {
		this.client.send(line).expect(answer);
	}

}
