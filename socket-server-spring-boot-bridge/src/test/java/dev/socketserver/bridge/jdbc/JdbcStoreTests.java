package dev.socketserver.bridge.jdbc;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.session.Turn;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.database.SilencedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The store of the table, on a database whose machine is gone. */
@Timeout(120)
class JdbcStoreTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private static InboundMessage message(String text) {
		return new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), null, null, text, "session",
				Instant.now(), text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void aDatabaseThatAnswersNoMoreIsGivenUp() throws Exception {
		SilencedPostgres database = this.opened.add(new SilencedPostgres());
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(database.url());
		pool.setMaximumPoolSize(1);
		new ResourceDatabasePopulator(new ClassPathResource("dev/socketserver/bridge/schema-postgresql.sql"))
			.execute(pool);
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> "postgresql", Duration.ofMillis(500)));
		store.store(message("a"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS);
		database.fallSilent();
		assertThatThrownBy(() -> store.store(message("b"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS))
			.isInstanceOf(ExecutionException.class);
		assertThat(store.store(message("b"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
	}

}
