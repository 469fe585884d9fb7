package dev.socketserver.mailbox.jdbc;

import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.database.SilencedPostgres;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Letters in a database whose machine is gone. */
class SilentDatabaseTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private static NewLetter letter(String key) {
		return new NewLetter(new Recipient("device", "7"), key, new byte[1], Duration.ofMinutes(1));
	}

	@Test
	void aDatabaseThatAnswersNoMoreIsGivenUp() throws Exception {
		SilencedPostgres database = this.opened.add(new SilencedPostgres());
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(database.url());
		pool.setMaximumPoolSize(1);
		JdbcLetterStore store = new JdbcLetterStore(pool,
				new LetterTable(SchemaInitialization.ALWAYS, (product, checked) -> {
				}), Duration.ofMillis(500));
		assertStores(store, "a");
		database.fallSilent();
		assertThatThrownBy(() -> store.post(letter("b"), 10)).isInstanceOf(MailboxUnavailableException.class);
		assertStores(store, "b");
		assertStores(store, "a");
	}

	/** Posts a letter until it is there, since the short time may be over before. */
	private static void assertStores(JdbcLetterStore store, String key) {
		Patience.within(() -> assertThat(store.post(letter(key), 10).stored()).isFalse());
	}

}
