package dev.socketserver.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.transcript.InvalidTranscriptException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TranscriptReplay}.
 */
@SpringBootTest(classes = TestServers.class,
		properties = { TestServers.ECHO_PORT, "socket.servers.echo.requests-per-session=3", TestServers.FRAMES_PORT,
				TestServers.FRAMES_FRAMING, "socket.servers.frames.limits.frame=16" })
class TranscriptReplayTests {

	private static final Path FOLDER = Path.of("src/test/transcripts");

	@Autowired
	private SocketServers servers;

	@SocketConnection("echo")
	private SocketTestClient client;

	@SocketConnection("frames")
	private SocketTestClient frames;

	@Test
	void playsAFile() {
		this.client.replay(FOLDER.resolve("echo.txt"));
	}

	@Test
	void playsSeveralSessions() {
		this.client.replay(FOLDER.resolve("two-sessions.txt"));
	}

	@TestFactory
	Stream<DynamicTest> playsAFolder() {
		SocketServer echo = this.servers.get("echo");
		return SocketTranscripts.inAllSegments(FOLDER, () -> SocketTestClient.connect(echo));
	}

	@Test
	void playsEverySplitOnAConnectionOfItsOwn() {
		this.client.ask("accepted by now");
		long before = accepted();

		this.client.everySplit().replay("> \"one\\n\"\n< \"one\\n\"\n> \"zwei\\n\"\n< \"zwei\\n\"\n! PEER_CLOSED\n");

		assertThat(accepted() - before).isEqualTo(3 + 4);
	}

	@Test
	void sendsAllPayloadsUpToAnAnswerInOneSegment() {
		this.client.glued().replay("> \"a\\n\"\n> \"b\\n\"\n< \"a\\nb\\n\"\n> \"c\\n\"\n< \"c\\n\"\n! REQUESTS_DONE\n");
	}

	@Test
	void endsAsTheServerDoes() {
		this.frames.replay("> \"\\0\\0\\0\\x02hi\"\n< \"\\0\\0\\0\\x02hi\"\n> \"\\0\\0\\0\\x11\"\n! FRAME_TOO_LARGE\n");
	}

	@Test
	void saysWhichLineIsAnsweredInAnotherWay() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.client.replay("# A mistake.\n> \"a\\n\"\n< \"b\\n\"\n"))
			.withMessageStartingWith("Line 3 of the transcript: Expected the bytes \"b\\n\"");
	}

	@Test
	void saysWhereAPayloadWasCut() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.client.everySplit().replay("> \"ab\\n\"\n< \"b\\n\"\n"))
			.withMessageStartingWith("Line 2 of the transcript, with line 1 cut behind byte 1: ");
	}

	@Test
	void comparesTheReason() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.frames.replay("> \"\\0\\0\\0\\x11\"\n! PROTOCOL_ERROR\n"))
			.withMessageContaining("to end with PROTOCOL_ERROR, but it ended with FRAME_TOO_LARGE (");
	}

	@Test
	void failsWhereTheSessionDoesNotEnd() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.client.timeout(Duration.ofMillis(50)).replay("! IDLE_TIMEOUT\n"))
			.withMessageContaining("the connection is still open after 50 ms");
	}

	@Test
	void refusesWhatIsNoTranscript() {
		assertThatExceptionOfType(InvalidTranscriptException.class).isThrownBy(() -> this.client.replay("hello"));
	}

	private long accepted() {
		return this.servers.get("echo").statistics().accepted();
	}

}
