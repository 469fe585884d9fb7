package dev.socketserver.bridge.kill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it brings to commit messages together: 64 sessions with 64 messages under way
 * each, on PostgreSQL that writes each commit to the disk, beside one commit for each
 * message.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class GroupCommitTests {

	private static final int SESSIONS = 64;

	private static final int IN_FLIGHT = 64;

	private static final Duration TIME = Duration.ofSeconds(5);

	@RegisterExtension
	private final Opened opened = new Opened();

	@Test
	void committingTogetherIsTenTimesAsFast() throws Exception {
		PostgresServer database = this.opened.add(PostgresServer.open());
		ConfigurableApplicationContext context = this.opened
			.add(new SpringApplicationBuilder(StoringApplication.class).web(WebApplicationType.NONE)
				.properties("spring.config.location=classpath:/kill.yml")
				.initializers((created) -> created.getBeanFactory()
					.registerSingleton("alone", (MessageStore) new Alone(database.url())::store))
				.run("--socket.servers.in.port=0", "--spring.datasource.url=" + database.url(),
						"--socket.servers.one.port=0", "--socket.servers.one.handler=handler",
						"--socket.servers.one.bridge.to=alone"));
		measure(TestPeer.port(context, "in"), Duration.ofSeconds(3));
		double together = measure(TestPeer.port(context, "in"), TIME);
		double alone = measure(TestPeer.port(context, "one"), TIME);
		String figures = "together %.0f a second, alone %.0f, %.1f times".formatted(together, alone, together / alone);
		System.out.println(figures);
		assertThat(together / alone).as(figures).isGreaterThanOrEqualTo(10);
	}

	/** Returns how many messages are acknowledged in a second. */
	private static double measure(int port, Duration time) throws Exception {
		Ledger ledger = new Ledger();
		Allowance allowance = Allowance.unlimited();
		ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
		try {
			List<Future<?>> running = new ArrayList<>();
			long begun = System.nanoTime();
			CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS).execute(allowance::end);
			for (int i = 0; i < SESSIONS; i++) {
				String name = "p" + begun + "x" + i;
				running.add(threads.submit(new PipeliningPeer(name, IN_FLIGHT, port, ledger, allowance)));
			}
			for (Future<?> each : running) {
				each.get(5, TimeUnit.MINUTES);
			}
			return ledger.size() / ((System.nanoTime() - begun) / 1e9);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** Commits each message by itself. */
	private static final class Alone {

		private final ExecutorService thread = Executors.newSingleThreadExecutor((task) -> {
			Thread made = new Thread(task);
			made.setDaemon(true);
			return made;
		});

		private final Connection connection;

		Alone(String url) {
			try {
				this.connection = DriverManager.getConnection(url);
				this.connection.setAutoCommit(false);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		CompletableFuture<?> store(InboundMessage message) {
			return CompletableFuture.runAsync(() -> insert(message), this.thread);
		}

		private void insert(InboundMessage message) {
			try (PreparedStatement insert = this.connection.prepareStatement(
					"insert into socket_inbox (server, session, received_at, payload) values ('one', ?, now(), ?)")) {
				insert.setString(1, message.session());
				insert.setBytes(2, message.payload());
				insert.executeUpdate();
				this.connection.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
