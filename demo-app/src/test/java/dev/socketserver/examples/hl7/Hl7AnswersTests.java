package dev.socketserver.examples.hl7;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServers;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.awaitility.Awaitility.await;

/**
 * What {@link Hl7Tests} leaves out, since {@code docs/examples.md} shows it.
 */
@SpringBootTest(properties = "spring.config.name=hl7")
class Hl7AnswersTests {

	private static final String ADMISSION = "MSH|^~\\&|ADT|NORTH|LAB|SOUTH|20260105101500||ADT^A01|0815|P|2.5\r"
			+ "EVN|A01|20260105101500\rPID|1||4711^^^NORTH||M\u00fcller^Ida\r";

	@TempDir
	private static Path directory;

	@SocketConnection("hl7")
	private SocketTestClient sender;

	@DynamicPropertySource
	static void directory(DynamicPropertyRegistry registry) {
		registry.add("hl7.directory", () -> directory.toString());
	}

	@Test
	void aMessageIsStoredAsItCame() throws IOException {
		String message = ADMISSION.replace("0815", "\u00fc");
		this.sender.sendRaw(bytes("\u000b" + message + "\u001c\r"));

		assertThat(this.sender.receiveBytes()).endsWith(bytes("\rMSA|AA|\u00fc|\r"));
		assertThat(stored()).contains(message);
	}

	@Test
	void aMessageThatComesTwiceIsStoredOnce() throws IOException {
		String message = ADMISSION.replace("0815", "0817");

		assertThat(ask(message)).endsWith("\rMSA|AA|0817|\r");
		assertThat(ask(message)).endsWith("\rMSA|AA|0817|\r");
		assertThat(stored()).containsOnlyOnce(message);
	}

	@Test
	void aMessageThatIsWrongIsRefused() throws IOException {
		assertThat(ask(ADMISSION.replace("PID|", "ZPI|"))).endsWith("\rMSA|AE|0815|PID is missing\r");
		assertThat(ask(ADMISSION.replace("|0815|", "||"))).endsWith("\rMSA|AE||MSH-10 is missing\r");
		assertThat(ask(ADMISSION.replace("ADT^A01", "ORU^R01"))).endsWith("\rMSA|AR|0815|MSH-9 is not supported\r");
		assertThat(ask("MSH|^~\\&|")).endsWith("\rMSA|AR||MSH-9 is not supported\r");
		assertThat(stored()).noneMatch((message) -> message.contains("|0815|") || message.contains("ZPI"));
	}

	@Test
	void aLongMessageIsOne() throws IOException {
		String message = ADMISSION.replace("0815", "0818") + "OBX|1|ED|PDF||" + "A".repeat(1_000_000) + "\r";

		assertThat(ask(message)).endsWith("\rMSA|AA|0818|\r");
		assertThat(stored()).contains(message);
	}

	@Test
	void whatIsNoMessageEndsTheSession(@Autowired SocketServers servers) {
		this.sender.send("GET / HTTP/1.1").expectClosed().close();

		await().untilAsserted(() -> assertThat(servers.server("hl7").orElseThrow().statistics().closed())
			.containsKey(CloseReason.DECODE_ERROR));
	}

	private String ask(String message) {
		return new String(this.sender.ask(bytes(message)), StandardCharsets.ISO_8859_1);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static List<String> stored() throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> contentOf(file.toFile(), StandardCharsets.ISO_8859_1)).toList();
		}
	}

}
