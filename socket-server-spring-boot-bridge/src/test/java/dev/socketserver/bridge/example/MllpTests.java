package dev.socketserver.bridge.example;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The example of the page, with {@code mllp_send} as a hospital that sends all its
 * messages again when its connection was lost.
 */
class MllpTests {

	private static final int MESSAGES = 300;

	@RegisterExtension
	private final RunningExample example = new RunningExample("hl7", Admissions.class);

	@TempDir
	private Path folder;

	private static List<String> stored(ConfigurableApplicationContext context) {
		return context.getBean(JdbcClient.class)
			.sql("select message_id from socket_inbox order by position")
			.query(String.class)
			.list();
	}

	private MllpSend send(List<String> messages) throws Exception {
		return this.example.add(MllpSend.start(this.folder, this.example.port(), messages));
	}

	@Test
	void eachMessageIsStoredOnceHoweverOftenItIsSent() throws Exception {
		List<String> ids = IntStream.range(0, MESSAGES).mapToObj((number) -> "m" + number).toList();
		List<String> messages = ids.stream()
			.map((id) -> "MSH|^~\\&|ADT|H|||20261127||ADT^A01|" + id + "|P|2.5\rPID|||" + id + "||Müller^Jörg\r")
			.toList();
		ConfigurableApplicationContext first = this.example.run(this.folder);
		MllpSend cut = send(messages.subList(0, MESSAGES / 3));
		await().until(() -> stored(first).size() > 10);
		first.getBean(SocketServers.class).get("hl7").sessions().forEach(SocketSession::abort);
		cut.await();
		assertThat(stored(first)).startsWith(cut.accepted().toArray(String[]::new));

		int before = stored(first).size();
		MllpSend ended = send(messages.subList(0, 2 * MESSAGES / 3));
		await().until(() -> stored(first).size() > before + 10);
		first.close();
		ended.await();
		ConfigurableApplicationContext second = this.example.run(this.folder);
		assertThat(stored(second)).startsWith(ended.accepted().toArray(String[]::new)).hasSizeLessThan(MESSAGES);

		assertThat(send(messages).await().accepted()).isEqualTo(ids);
		assertThat(stored(second)).isEqualTo(ids);
	}

}
