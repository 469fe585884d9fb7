package dev.socketserver.bridge;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MariaDbServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Bridges to a table, on real databases. */
class JdbcTests {

	private static ConfigurableApplicationContext run(String url, String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--spring.config.location=classpath:/jdbc.yml", "--spring.datasource.url=" + url));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
	}

	/** What holds for each database. */
	abstract static class OnDatabase {

		@RegisterExtension
		private final Opened opened = new Opened();

		private @Nullable ConfigurableApplicationContext context;

		abstract String url();

		@BeforeAll
		void start() {
			this.context = run(url());
		}

		@AfterAll
		void stop() {
			if (this.context != null) {
				this.context.close();
			}
		}

		ConfigurableApplicationContext context() {
			return Objects.requireNonNull(this.context);
		}

		JdbcClient jdbc() {
			return context().getBean(JdbcClient.class);
		}

		@BeforeEach
		void empty() {
			jdbc().sql("delete from socket_inbox").update();
		}

		TestPeer connect(String server) throws Exception {
			return this.opened.add(TestPeer.connect(context(), server));
		}

		List<String> texts() {
			return jdbc().sql("select payload from socket_inbox order by position")
				.query((row, index) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
				.list();
		}

		@Test
		void aMessageIsARow() throws Exception {
			TestPeer peer = connect("plain");
			assertThat(peer.ask("grüße")).isEqualTo("ok grüße");
			assertThat(texts()).containsExactly("grüße");
			assertThat(jdbc().sql("select server from socket_inbox").query(String.class).single()).isEqualTo("plain");
			assertThat(jdbc().sql("select session from socket_inbox").query(String.class).single())
				.isEqualTo(context().getBean(SocketServers.class)
					.get("plain")
					.sessions()
					.filter((session) -> session.remoteAddress().getPort() == peer.port())
					.findFirst()
					.orElseThrow()
					.id());
			assertThat(jdbc().sql("select message_id from socket_inbox").query(String.class).optional()).isEmpty();
			assertThat(jdbc().sql("select count(*) from socket_inbox where received_at is null")
				.query(Long.class)
				.single()).isZero();
		}

		@Test
		void aSecondMessageWithAnIdIsADuplicate() throws Exception {
			TestPeer peer = connect("ids");
			String first = peer.ask("1 a");
			assertThat(first).startsWith("Stored[id=1, duplicate=false, position=");
			String position = first.substring(first.lastIndexOf('=') + 1, first.indexOf(']'));
			peer.send("1 a\n2 b\n1 a\n2 b\n3 c\n");
			assertThat(peer.line()).isEqualTo("Stored[id=1, duplicate=true, position=" + position + "]");
			String second = peer.line();
			assertThat(second).startsWith("Stored[id=2, duplicate=false");
			assertThat(peer.line()).isEqualTo("Stored[id=1, duplicate=true, position=" + position + "]");
			assertThat(peer.line()).isEqualTo(second.replace("false", "true"));
			assertThat(peer.line()).startsWith("Stored[id=3, duplicate=false");
			assertThat(texts()).containsExactly("1 a", "2 b", "3 c");
			assertThat(connect("ids").ask("3 c")).contains("duplicate=true");
		}

		@Test
		void theSameIdOfTwoServersAreTwoMessages() throws Exception {
			assertThat(connect("ids").ask("1 a")).contains("duplicate=false");
			assertThat(connect("others").ask("1 a")).contains("duplicate=false");
			assertThat(texts()).hasSize(2);
			TestPeer one = connect("ids");
			TestPeer other = connect("others");
			for (int i = 2; i < 100; i++) {
				one.send("1 a\n" + i + " a\n");
				other.send(i + " a\n");
				assertThat(one.line()).contains("id=1, duplicate=true");
				assertThat(one.line()).contains("id=" + i + ", duplicate=false");
				assertThat(other.line()).contains("id=" + i + ", duplicate=false");
			}
		}

		@Test
		void manyMessagesOfASessionKeepTheirOrder() throws Exception {
			List<String> all = IntStream.range(0, 2_000).mapToObj(String::valueOf).toList();
			TestPeer peer = connect("plain");
			CompletableFuture<?> sent = peer.sendMeanwhile(Stream.of(String.join("\n", all) + "\n"));
			for (String line : all) {
				assertThat(peer.line()).isEqualTo("ok " + line);
			}
			sent.get();
			assertThat(texts()).isEqualTo(all);
		}

		@Test
		void aBadMessageIsRejectedAndHoldsNobodyBack() throws Exception {
			TestPeer peer = connect("ids");
			jdbc().sql("alter table socket_inbox add constraint no_evil check (message_id <> 'evil')").update();
			try {
				peer.send("1 a\nevil b\n2 c\nevil d\n3 e\n");
				assertThat(peer.line()).contains("id=1,");
				assertThat(peer.line()).startsWith("rejected: The database refuses the message: ")
					.doesNotContain("evil")
					.contains("SQL state 23");
				assertThat(peer.line()).contains("id=2,");
				assertThat(peer.line()).startsWith("rejected: ");
				assertThat(peer.line()).contains("id=3,");
			}
			finally {
				jdbc().sql("alter table socket_inbox drop constraint no_evil").update();
			}
			assertThat(texts()).containsExactly("1 a", "2 c", "3 e");
		}

		@Test
		void whatIsLongIsStoredAndAnIdThatIsTooLongIsRejected() throws Exception {
			TestPeer peer = connect("ids");
			String line = "x".repeat(255) + " " + "payload ".repeat(5_000);
			assertThat(peer.ask(line)).contains("duplicate=false");
			assertThat(peer.ask("x".repeat(256)))
				.isEqualTo("rejected: The id of the message has 256 characters, more than 255");
			for (String half : List.of("half a", "half b")) {
				assertThat(peer.ask(half)).isEqualTo("rejected: The id of the message has half of a surrogate pair");
			}
			assertThat(peer.ask("a\u0000b c")).isEqualTo("rejected: The id of the message has U+0000");
			assertThat(texts()).containsExactly(line);
		}

		@Test
		void anIdThatMalformedInputHasMadeIsRejected() throws Exception {
			TestPeer peer = connect("ids");
			for (byte letter : new byte[] { (byte) 0xFC, (byte) 0xF6 }) {
				peer.send(new byte[] { 'M', letter, 'l', 'l', 'e', 'r', ' ', '1', '\n' });
				assertThat(peer.line())
					.isEqualTo("rejected: The id of the message has U+FFFD, which malformed input is decoded to");
			}
			assertThat(texts()).isEmpty();
		}

		@Test
		void idsThatDifferInCaseAndBlanksAreTwoMessages() throws Exception {
			TestPeer peer = connect("ids");
			for (String line : List.of("k", "K", "k\t", "\uD83D\uDE00", "\uD83D\uDE01", "%", "_")) {
				assertThat(peer.ask(line)).contains("id=" + line + ", duplicate=false");
			}
			assertThat(texts()).hasSize(7);
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class H2 extends OnDatabase {

		@TempDir
		static Path folder;

		@Override
		String url() {
			return "jdbc:h2:file:" + folder.resolve("inbox") + ";WRITE_DELAY=0";
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class Postgres extends OnDatabase {

		private @Nullable PostgresServer database;

		@Override
		String url() {
			this.database = PostgresServer.open();
			return this.database.url();
		}

		@AfterAll
		void close() {
			if (this.database != null) {
				this.database.close();
			}
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class MariaDb extends OnDatabase {

		private @Nullable MariaDbServer database;

		@Override
		String url() {
			this.database = MariaDbServer.open();
			return this.database.url();
		}

		@Test
		void aMessageThatIsTooLargeForTheDatabaseIsRejected() throws Exception {
			TestPeer peer = connect("large");
			String large = "2 " + "x".repeat(17_000_000);
			peer.send("1 a\n" + large + "\n3 c\n");
			assertThat(peer.line()).contains("id=1,");
			assertThat(peer.line()).startsWith("rejected: The database refuses the message");
			assertThat(peer.line()).contains("id=3,");
			peer.send("4 " + "y".repeat(9_000_000) + "\n5 " + "y".repeat(9_000_000) + "\n");
			assertThat(peer.line()).contains("id=4,");
			assertThat(peer.line()).contains("id=5,");
		}

		/** The connection is reset before the answer of the database is read. */
		@Test
		void aMessageThatBreaksItsConnectionIsRejectedWhileOthersAreStored() throws Exception {
			jdbc().sql("set global max_allowed_packet = 1048576").update();
			context().getBean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
			TestPeer other = connect("plain");
			TestPeer peer = connect("large");
			FutureTask<List<String>> lines = new FutureTask<>(() -> peer.lines(3));
			new Thread(lines).start();
			CompletableFuture<?> sent = peer.sendMeanwhile(Stream.of("1 a\n2 " + "x".repeat(15_000_000) + "\n3 c\n"));
			while (!lines.isDone()) {
				assertThat(other.ask("b")).isEqualTo("ok b");
			}
			sent.get();
			assertThat(lines.get().get(0)).contains("id=1,");
			assertThat(lines.get().get(1)).startsWith("rejected: The database refuses the message: ");
			assertThat(lines.get().get(2)).contains("id=3,");
			jdbc().sql("set global max_allowed_packet = 16777216").update();
			context().getBean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
		}

		@AfterAll
		void close() {
			if (this.database != null) {
				this.database.close();
			}
		}

	}

	/** A whole application takes twice as long to start. */
	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
			JdbcClientAutoConfiguration.class, SocketServerAutoConfiguration.class,
			SocketBridgeAutoConfiguration.class })
	static class Application {

	}

}
