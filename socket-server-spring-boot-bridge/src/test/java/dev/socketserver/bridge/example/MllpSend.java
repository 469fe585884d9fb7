package dev.socketserver.bridge.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.fixtures.Patience;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The program {@code mllp_send}, which sends messages of HL7 one after the other, and
 * prints what is answered to each.
 */
final class MllpSend implements AutoCloseable {

	private static final Path PROGRAM = Path.of("/usr/bin/mllp_send");

	private final Path output;

	private final Process process;

	private MllpSend(Path output, Process process) {
		this.output = output;
		this.process = process;
	}

	/** Starts one, or has the test skipped. */
	static MllpSend start(Path folder, int port, List<String> messages) throws IOException {
		assumeTrue(Files.isExecutable(PROGRAM),
				"There is no mllp_send on this machine: install Debian's package python3-hl7");
		Path file = Files.createTempFile(folder, "messages", ".hl7");
		Path output = Files.createTempFile(folder, "answers", ".hl7");
		Files.writeString(file, "\u000b" + String.join("\u001c\r\u000b", messages) + "\u001c\r");
		return new MllpSend(output,
				new ProcessBuilder(PROGRAM.toString(), "--port=" + port, "--file=" + file, "127.0.0.1")
					.redirectErrorStream(true)
					.redirectOutput(output.toFile())
					.start());
	}

	/** Waits until it ends: with its last message, or when its connection is lost. */
	MllpSend await() {
		Patience.await(this.process);
		return this;
	}

	/** Returns the ids of messages that were accepted, in their order. */
	List<String> accepted() throws IOException {
		return Files.readString(this.output, StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> line.startsWith("MSA|AA|"))
			.map((line) -> line.substring("MSA|AA|".length()))
			.toList();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
