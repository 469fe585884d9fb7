package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("virtual-threads")
@SocketServerTest("upper")
class UpperTests {

	@SocketConnection("upper")
	private SocketTestClient client;

	@Test
	void answersALineInCapitals() {
		this.client.sendRaw("Hello, World!\r\n").expectBytes("HELLO, WORLD!\n");
	}

	@Test
	void answersAgainAndAgain() {
		assertThat(this.client).answers("one", "ONE").answers("", "").answers("two", "TWO");
	}

	@Test
	void answersAPeerThatHasEndedItsOutput() {
		this.client.sendRaw("with an end\nwithout").endOutput();

		this.client.expect("WITH AN END").expect("WITHOUT").expectClosed();
	}

	@Test
	void answersOneByteAtATime() {
		this.client.inSegmentsOf(1).sendRaw(hundredLines());

		this.client.expectBytes(hundredReplies());
	}

	@Test
	void answersAHundredLinesInOneSegment() {
		this.client.sendRaw(hundredLines());

		this.client.expectBytes(hundredReplies());
	}

	@Test
	void takesALineEndThatIsSplitInTwo() {
		this.client.send("before").expect("BEFORE");
		this.client.sendRaw("cut\r").sendRaw("\nnext\n");

		this.client.expect("CUT").expect("NEXT");
	}

	@Test
	void takesAnEmojiThatIsSplitInTwo() {
		byte[] balloon = "🎈".getBytes(StandardCharsets.UTF_8);

		this.client.sendRaw("a ").sendRaw(balloon[0], balloon[1]).sendRaw(balloon[2], balloon[3]).sendRaw(" z\n");

		this.client.expect("A 🎈 Z");
	}

	private static String hundredLines() {
		return lines("line %s: grüße 🎈\r\n");
	}

	private static String hundredReplies() {
		return lines("LINE %s: GRÜSSE 🎈\n");
	}

	private static String lines(String line) {
		return IntStream.range(0, 100).mapToObj(line::formatted).collect(Collectors.joining());
	}

}
