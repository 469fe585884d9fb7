package dev.socketserver.mailbox.jdbc;

import java.nio.file.Path;
import java.time.Duration;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A database in a file. */
class H2LetterStoreTests extends LetterStoreContract {

	private static JdbcConnectionPool dataSource;

	private static LetterStore store;

	@BeforeAll
	static void open(@TempDir Path folder) {
		dataSource = JdbcConnectionPool.create("jdbc:h2:" + folder.resolve("letters") + ";WRITE_DELAY=0", "sa", "");
		store = DatabaseStore.create(dataSource);
	}

	@AfterAll
	static void close() {
		dataSource.dispose();
	}

	@Override
	protected LetterStore store() {
		return store;
	}

	/** Else it would be an outage for all. */
	@Test
	void refusesALetterThatIsTooLongForTheTable() {
		NewLetter letter = new NewLetter(new Recipient("device", "too long"), "a", new byte[(1 << 24) + 1],
				Duration.ofMinutes(1));
		assertThatThrownBy(() -> store.post(letter, 100)).isInstanceOf(IllegalArgumentException.class)
			.hasMessage("The database refuses the letter, of 16777217 bytes: DataIntegrityViolationException, "
					+ "SQL state 22001");
		assertThat(store.find(letter.recipient(), "a")).isEmpty();
	}

}
