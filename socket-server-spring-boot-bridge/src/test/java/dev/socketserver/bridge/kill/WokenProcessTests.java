package dev.socketserver.bridge.kill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.process.Signals;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that was stopped while its database stored: the answer that has come
 * meanwhile counts before {@code bridge.timeout} is over.
 */
@Tag("long")
class WokenProcessTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private static final int MANY = 20;

	/** Unless this JVM stands still before it has stopped the application. */
	@Test
	void theAnswerOfTheDatabaseCountsBeforeItsTimeIsJudged() throws Exception {
		Patience.undisturbed(TIMEOUT.dividedBy(3), WokenProcessTests::stopWhileTheDatabaseStores);
	}

	private static void stopWhileTheDatabaseStores() throws Exception {
		int port = Ports.free();
		try (PostgresServer database = PostgresServer.open();
				OtherJvm application = new OtherJvm(List.of(), List.of(), StoringApplication.class,
						"--spring.datasource.url=" + database.url(), "--socket.bridge.initialize-schema=always",
						"--socket.servers.in.port=" + port,
						"--socket.servers.in.bridge.timeout=" + TIMEOUT.toMillis() + "ms",
						"--socket.servers.in.bridge.on-failure=error")) {
			application.await("listens");
			try (TestPeer peer = TestPeer.connect(port);
					Connection other = DriverManager.getConnection(database.url());
					Statement statement = other.createStatement()) {
				assertThat(peer.send("first\n").line()).isEqualTo("ok first");
				other.setAutoCommit(false);
				statement.execute("lock table socket_inbox in access exclusive mode");
				for (int i = 0; i < MANY; i++) {
					peer.send("line " + i + "\n");
				}
				Awaitility.await().until(() -> waits(statement));
				Signals.send(application.pid(), "STOP");
				long stopped = System.nanoTime();
				other.commit();
				Awaitility.await()
					.atMost(Patience.limit())
					.until(() -> System.nanoTime() - stopped > 2 * TIMEOUT.toNanos());
				Signals.send(application.pid(), "CONT");
				for (int i = 0; i < MANY; i++) {
					assertThat(peer.line()).isEqualTo("ok line " + i);
				}
			}
		}
	}

	private static boolean waits(Statement statement) throws Exception {
		try (var waiting = statement.executeQuery("select count(*) from pg_locks where not granted")) {
			return waiting.next() && waiting.getInt(1) > 0;
		}
	}

}
