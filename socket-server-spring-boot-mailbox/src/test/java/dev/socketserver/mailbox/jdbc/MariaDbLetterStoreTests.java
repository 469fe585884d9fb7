package dev.socketserver.mailbox.jdbc;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Posted;
import dev.socketserver.mailbox.store.Recipient;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class MariaDbLetterStoreTests extends LetterStoreContract {

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore((opened) -> opened.add(MariaDbServer.open()).url(),
			// Whatever the database is made with.
			(jdbc) -> jdbc.execute("ALTER DATABASE test CHARACTER SET latin1"));

	@Override
	protected LetterStore store() {
		return database.store();
	}

	/** Connects to the database, by connections of its own. */
	private static DataSource connecting(String settings) {
		String url = database.dataSource().getJdbcUrl() + settings;
		return DatabaseStore.of(new DriverManagerDataSource(url), url);
	}

	/** Its transaction does not see that letter, and keeps what it has done before. */
	@ParameterizedTest
	@ValueSource(strings = { "", DatabaseStore.ISOLATED_SNAPSHOTS })
	void returnsTheLetterThatAnotherHasPostedSinceTheTransactionBegan(String settings) {
		DataSource pool = connecting(settings);
		LetterStore store = DatabaseStore.create(pool);
		Recipient recipient = new Recipient("device", UUID.randomUUID().toString());
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));

		Posted second = transaction.execute((status) -> {
			assertThat(store.post(letter(recipient, "before"), 100).stored()).isTrue();
			CompletableFuture<Posted> first = CompletableFuture
				.supplyAsync(() -> database.store().post(letter(recipient, "a"), 100));
			assertThat(first).succeedsWithin(Patience.limit()).matches(Posted::stored);
			return store.post(letter(recipient, "a"), 100);
		});

		assertThat(second.stored()).isFalse();
		assertThat(store().find(recipient, "a").orElseThrow().letter()).isEqualTo(second.letter());
		assertThat(store().find(recipient, "before")).isPresent();
	}

	/** Of two nodes that want to change a letter, one does. */
	@ParameterizedTest
	@ValueSource(strings = { "", DatabaseStore.ISOLATED_SNAPSHOTS })
	void whatAnotherHasChangedSinceItWasReadIsNotChangedAndNoOutage(String settings) {
		Recipient recipient = new Recipient("device", UUID.randomUUID().toString());
		store().post(letter(recipient, "a"), 100);
		LetterStore late = DatabaseStore.create(new ChangedStatements(connecting(settings), (sql) -> {
			if (sql.startsWith("UPDATE")) {
				assertThat(CompletableFuture.supplyAsync(() -> store().cancel(recipient, "a")))
					.succeedsWithin(Patience.limit())
					.matches(Optional::isPresent);
			}
			return sql;
		}));

		assertThat(late.cancel(recipient, "a")).isEmpty();
		assertThat(store().find(recipient, "a").orElseThrow().letter().state()).isEqualTo(LetterState.CANCELLED);
	}

	private static NewLetter letter(Recipient recipient, String key) {
		return new NewLetter(recipient, key, new byte[1], Duration.ofMinutes(1));
	}

}
