package dev.socketserver.bridge.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The example of the page, with an rsyslog that sends lines until they are acknowledged,
 * while its connections are cut and the application ends.
 */
class RsyslogTests {

	private static final int LINES = 2_000;

	private static final int CUTS = 4;

	@RegisterExtension
	private final RunningExample example = new RunningExample("logs", Logs.class);

	@TempDir
	private Path folder;

	private static List<String> stored(ConfigurableApplicationContext context) {
		return context.getBean(JdbcClient.class)
			.sql("select payload from socket_inbox order by position")
			.query((row, index) -> new String(row.getBytes(1), StandardCharsets.UTF_8).split(" ", 3)[2])
			.list();
	}

	@Test
	void eachLineIsStoredHoweverOftenItsConnectionIsCut() throws IOException {
		List<String> all = IntStream.range(0, LINES).mapToObj((number) -> "line " + number).toList();
		ConfigurableApplicationContext context = this.example.run(this.folder);
		Rsyslog sender = this.example.add(Rsyslog.start(this.folder, this.example.port()));
		for (int cut = 0; cut < CUTS; cut++) {
			int before = stored(context).size();
			sender.write(all.subList(cut * LINES / CUTS, (cut + 1) * LINES / CUTS));
			ConfigurableApplicationContext current = context;
			await().atMost(Patience.limit()).until(() -> stored(current).size() > before);
			SocketServer server = context.getBean(SocketServers.class).get("logs");
			if (cut % 2 == 0) {
				server.sessions().forEach(SocketSession::abort);
			}
			else {
				context.close();
				context = this.example.run(this.folder);
			}
		}
		ConfigurableApplicationContext last = context;
		Set<String> stored = new LinkedHashSet<>();
		await().atMost(Patience.limit()).until(() -> {
			stored.addAll(stored(last));
			return stored.size() >= LINES;
		});
		List<String> inOrder = new ArrayList<>(stored);
		assertThat(inOrder).isEqualTo(all);
	}

}
