package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.transcript.Transcript;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives what peers have sent in transcripts to the fuzz test of framings, each to every
 * framing: real bytes, which mutations begin with, and which most framings must refuse.
 */
class TranscriptInputsTests {

	private static final Path FOLDER = Path.of("../socket-server-spring-boot-test/src/test/transcripts");

	/** At least as many as there are framings. */
	private static final int FRAMINGS = 32;

	static List<Path> transcripts() throws IOException {
		try (Stream<Path> files = Files.walk(FOLDER)) {
			return files.filter((file) -> file.toString().endsWith(".txt")).sorted().toList();
		}
	}

	/** One input for each transcript: the fuzzer changes the framing and the pieces. */
	static List<byte[]> inputs() throws IOException {
		List<byte[]> inputs = new ArrayList<>();
		for (Path file : transcripts()) {
			inputs.add(input(inputs.size(), 0, received(file)));
		}
		return inputs;
	}

	@ParameterizedTest
	@MethodSource("transcripts")
	void whatIsReceivedIsFramedTheSameInPieces(Path file) throws IOException {
		byte[] received = received(file);
		for (int framing = 0; framing < FRAMINGS; framing++) {
			for (int piece = 0; piece < 8; piece++) {
				new FramingFuzzTests().sameInPiecesAsAtOnce(input(framing, piece, received));
			}
		}
	}

	private static byte[] received(Path file) throws IOException {
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		for (Transcript.Entry entry : Transcript.parse(Files.readString(file)).entries()) {
			if (entry.kind() == Transcript.Kind.RECEIVED) {
				received.writeBytes(entry.payload());
			}
		}
		return received.toByteArray();
	}

	private static byte[] input(int framing, int piece, byte[] received) {
		ByteArrayOutputStream input = new ByteArrayOutputStream();
		input.write(framing);
		input.write(piece);
		input.writeBytes(received);
		return input.toByteArray();
	}

}
