package dev.socketserver.examples.hl7;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

@SocketServerTest(properties = "spring.config.name=hl7")
class Hl7Tests {

	private static final String ADMISSION = """
			MSH|^~\\&|ADT|NORTH|LAB|SOUTH|20260105101500||ADT^A01|0815|P|2.5
			EVN|A01|20260105101500
			PID|1||4711^^^NORTH||Miller^Ida
			""".replace('\n', '\r');

	@TempDir
	private static Path directory;

	@SocketConnection("hl7")
	private SocketTestClient sender;

	@DynamicPropertySource
	static void directory(DynamicPropertyRegistry registry) {
		registry.add("hl7.directory", () -> directory + "/messages");
	}

	@Test
	void aMessageIsStoredBeforeItIsAcknowledged() throws IOException {
		assertThat(this.sender.ask(ADMISSION)).startsWith("MSH|^~\\&|LAB|SOUTH|ADT|NORTH|")
			.endsWith("|P|2.5\rMSA|AA|0815\r");
		assertThat(stored()).contains(ADMISSION);
	}

	@Test
	void aMessageThatCannotBeStoredIsAcceptedLater() throws IOException {
		String message = ADMISSION.replace("0815", "0816");
		Path away = Files.move(directory.resolve("messages"), directory.resolve("away"));
		assertThat(this.sender.ask(message)).endsWith("\rMSA|AR|0816\rERR|||207^^HL70357|E||||not stored\r");

		Files.move(away, directory.resolve("messages"));
		assertThat(this.sender.ask(message)).endsWith("\rMSA|AA|0816\r");
		assertThat(stored()).contains(message);
	}

	private static List<String> stored() throws IOException {
		try (Stream<Path> files = Files.list(directory.resolve("messages"))) {
			return files.map((file) -> contentOf(file.toFile())).toList();
		}
	}

}
