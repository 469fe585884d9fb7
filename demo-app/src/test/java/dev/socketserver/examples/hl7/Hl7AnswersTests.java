package dev.socketserver.examples.hl7;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.awaitility.Awaitility.await;

/**
 * What {@link Hl7Tests} leaves out, since {@code docs/examples.md} shows it.
 */
@SocketServerTest(properties = "spring.config.name=hl7")
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

		assertThat(this.sender.receiveBytes()).endsWith(bytes("\rMSA|AA|\u00fc\r"));
		assertThat(stored()).contains(message);
	}

	@Test
	void aMessageThatComesTwiceIsStoredOnce() throws IOException {
		String message = ADMISSION.replace("0815", "0817");

		assertThat(ask(message)).endsWith("\rMSA|AA|0817\r");
		assertThat(ask(message)).endsWith("\rMSA|AA|0817\r");
		assertThat(stored()).containsOnlyOnce(message);
	}

	@Test
	void aMessageThatIsWrongIsRefused() throws IOException {
		assertThat(ask(ADMISSION.replace("PID|", "ZPI|")))
			.endsWith("\rMSA|AE|0815\rERR|||100^^HL70357|E||||PID is missing\r");
		assertThat(ask(ADMISSION.replace("|0815|", "||")))
			.endsWith("\rMSA|AE\rERR|||101^^HL70357|E||||MSH-10 is missing\r");
		assertThat(stored()).noneMatch((message) -> message.contains("ZPI") || message.contains("ADT^A01||"));
	}

	@Test
	void aMessageThatIsNotSupportedIsRejected() throws IOException {
		assertRejected("ADT^A01", "ORU^R01", "200^^HL70357|E||||the message type is not supported");
		assertRejected("ADT^A01", "ADTX", "200^^HL70357|E||||the message type is not supported");
		assertRejected("ADT^A01", "ADT^A20", "201^^HL70357|E||||the event is not supported");
		assertRejected("|P|", "|T|", "202^^HL70357|E||||MSH-11 is not P");
		assertRejected("|P|", "||", "202^^HL70357|E||||MSH-11 is not P");
		assertRejected("|2.5\r", "|2.3\r", "203^^HL70357|E||||MSH-12 is not 2.5");
		assertThat(ask("MSH|^")).contains("||ACK^^ACK|")
			.endsWith("\rMSA|AR\rERR|||200^^HL70357|E||||the message type is not supported\r");
		assertThat(stored()).noneMatch((message) -> message.contains("0819"));
	}

	private void assertRejected(String right, String wrong, String error) {
		assertThat(ask(ADMISSION.replace("0815", "0819").replace(right, wrong)))
			.endsWith("\rMSA|AR|0819\rERR|||" + error + "\r");
	}

	@Test
	void otherFormsOfTheHeaderAreRead() {
		String header = ADMISSION.replace("ADT^A01", "ADT^A08^ADT_A01").replace("|P|2.5\r", "|P^T|2.5^DEU\r");
		assertThat(ask(header)).contains("||ACK^A08^ACK|").endsWith("|P^T|2.5\rMSA|AA|0815\r");
	}

	@Test
	void anAcknowledgmentHasTheSeparatorsAndTheCharsetOfItsMessage() {
		String message = ADMISSION.replace("|P|2.5\r", "|P|2.5||||||UNICODE UTF-8\r");
		assertThat(ask(message.replace('|', '$').replace('^', '!'))).startsWith("MSH$!~\\&$LAB$SOUTH$ADT$NORTH$")
			.contains("$$ACK!A01!ACK$")
			.endsWith("$P$2.5$$$$$$UNICODE UTF-8\rMSA$AA$0815\r");
		assertThat(ask(message.replace("PID|", "ZPI|").replace('|', '*').replace('^', ':')))
			.endsWith("*UNICODE UTF-8\rMSA*AE*0815\rERR***100::HL70357*E****PID is missing\r");
	}

	@Test
	void onlyCarriageReturnEndsASegment() {
		assertThat(ask(ADMISSION.replace('\r', '\n'))).contains("\rMSA|AR|0815\rERR|||203^^HL70357|E|");
	}

	@Test
	void aLongMessageIsOne() throws IOException {
		String message = ADMISSION.replace("0815", "0818") + "OBX|1|ED|PDF||" + "A".repeat(1_000_000) + "\r";

		assertThat(ask(message)).endsWith("\rMSA|AA|0818\r");
		assertThat(stored()).contains(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1", "MSH", "MSH|", "MSH||ADT", "MSH\r^~\\&\r", "MSHX^~\\&X", "MSH1^~\\&1",
			"MSH|A~\\&|", "MSH-^~\\&-", "MSH|^~\\&|\u000b|", "MSH|^~\\&|\u001c|" })
	void whatIsNoMessageEndsTheSession(String text, @Autowired SocketServers servers) {
		SocketServer server = servers.server("hl7").orElseThrow();
		long before = server.statistics().closed().getOrDefault(CloseReason.DECODE_ERROR, 0L);

		this.sender.sendRaw("\u000b" + text + "\u001c\r").expectClosed().close();

		await().untilAsserted(
				() -> assertThat(server.statistics().closed()).containsEntry(CloseReason.DECODE_ERROR, before + 1));
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
