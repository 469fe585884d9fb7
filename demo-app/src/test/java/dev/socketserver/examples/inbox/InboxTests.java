package dev.socketserver.examples.inbox;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.MockSocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import dev.socketserver.transactions.Database;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The reader deals with what a bridge has stored: in order, once, and again after a
 * failure.
 */
@SocketServerTest(properties = { "spring.config.location=classpath:/inbox.yml",
		"spring.datasource.url=jdbc:h2:mem:inbox;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=3600000",
		"socket.bridge.require-durable=false" })
class InboxTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Inbox inbox;

	@Autowired
	private SocketServers servers;

	@BeforeEach
	void schema() {
		this.jdbc.sql("delete from socket_inbox").update();
		this.jdbc.sql("drop table if exists reading").update();
		createTable();
	}

	private void createTable() {
		this.jdbc
			.sql("create table reading (number bigint generated always as identity, id varchar primary key, "
					+ "line varchar not null)")
			.update();
	}

	private List<String> read() {
		return this.jdbc.sql("select line from reading order by number").query(String.class).list();
	}

	private int waiting() {
		return this.jdbc.sql("select count(*) from socket_inbox").query(Integer.class).single();
	}

	private static List<String> lines(String meter) {
		return IntStream.range(0, 50).mapToObj((number) -> meter + number + " kWh").toList();
	}

	@Test
	void rowsAreReadInTheOrderOfTheirSessionAndDeleted(@SocketConnection("meters") SocketTestClient first,
			@SocketConnection("meters") SocketTestClient second) {
		lines("a").forEach(first::send);
		lines("b").forEach(second::send);
		lines("a").forEach((line) -> first.expect("stored " + line.split(" ")[0]));
		lines("b").forEach((line) -> second.expect("stored " + line.split(" ")[0]));

		await().until(() -> waiting() == 0);
		assertThat(read()).hasSize(100).containsSubsequence(lines("a")).containsSubsequence(lines("b"));
	}

	@Test
	void aMessageThatIsSentAgainWhenItsRowIsGoneIsReadOnce(@SocketConnection("meters") SocketTestClient client) {
		client.send("1 kWh").expect("stored 1");
		await().until(() -> waiting() == 0);
		client.send("1 kWh").expect("stored 1").send("2 kWh").expect("stored 2");

		await().until(() -> waiting() == 0);
		assertThat(read()).containsExactly("1 kWh", "2 kWh");
	}

	@Test
	void whatFailedStaysAndIsReadLater(@SocketConnection("meters") SocketTestClient client) {
		this.jdbc.sql("drop table reading").update();
		client.send("1 kWh").expect("stored 1").send("2 kWh").expect("stored 2");
		assertThat(waiting()).isEqualTo(2);

		createTable();

		await().until(() -> waiting() == 0);
		assertThat(read()).containsExactly("1 kWh", "2 kWh");
	}

	@Test
	void aMockSessionHasItsMessagesStored() {
		MockSocketSession session = MockSocketSession.of(this.servers.get("meters")).handle("1 kWh").handle("2 kWh");
		assertThat(session.sent()).containsExactly("stored 1", "stored 2");

		await().until(() -> waiting() == 0);
		assertThat(read()).containsExactly("1 kWh", "2 kWh");
	}

	@Test
	void twoReadersTakeTurns(@SocketConnection("meters") SocketTestClient client) {
		lines("c").forEach(client::send);
		lines("c").forEach((line) -> client.expect("stored " + line.split(" ")[0]));

		CompletableFuture.allOf(runAsync(this.inbox::read), runAsync(this.inbox::read)).join();

		await().until(() -> waiting() == 0);
		assertThat(read()).isEqualTo(lines("c"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@Import({ Database.class, Inbox.class })
	static class Application {

		@Bean
		@SocketHandler("meters")
		UnaryOperator<String> meters() {
			return (line) -> "stored " + line.split(" ")[0];
		}

		@Bean
		Function<String, String> readingId() {
			return (line) -> line.split(" ")[0];
		}

	}

}
