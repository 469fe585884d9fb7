package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.NextLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresLetterStoreTests extends LetterStoreContract {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore(
			(opened) -> opened.add(PostgresServer.open()).url());

	@Override
	protected LetterStore store() {
		return database.store();
	}

	/** A commit takes longer than the statements: a letter is to need one. */
	@Test
	void endsALetterAndClaimsTheNextInOneTransaction() {
		Recipient recipient = new Recipient("device", "one transaction");
		Claimer claimer = new Claimer(1, "here", true, MINUTE, 3);
		for (String key : List.of("a", "b")) {
			store().post(new NewLetter(recipient, key, new byte[0], MINUTE), 5);
		}
		ClaimedLetter first = store().claim(recipient, claimer).letter();
		assertThat(first).isNotNull();

		store().endAndClaim(first.claim(), LetterState.DELIVERED, null, claimer);
		assertThat(database.jdbc()
			.queryForList("SELECT DISTINCT xmin::text FROM socket_mailbox WHERE identity = ?", String.class,
					recipient.toString()))
			.hasSize(1);
	}

	/** Each question to the database wakes two processes. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endsALetterAndClaimsTheNextInOneStatement(boolean fenced) {
		Recipient recipient = new Recipient("device", "one statement " + fenced);
		Claimer claimer = new Claimer(1, "here", fenced, MINUTE, 3);
		for (String key : List.of("a", "b")) {
			store().post(new NewLetter(recipient, key, new byte[0], MINUTE), 5);
		}
		List<String> statements = new CopyOnWriteArrayList<>();
		LetterStore counted = DatabaseStore.create(new ChangedStatements(database.dataSource(), (sql) -> {
			statements.add(sql);
			return sql;
		}));
		statements.clear();

		ClaimedLetter first = counted.claim(recipient, claimer).letter();
		assertThat(first).isNotNull();
		ClaimedLetter second = counted.endAndClaim(first.claim(), LetterState.DELIVERED, null, claimer).letter();
		assertThat(second).isNotNull();
		NextLetter last = counted.endAndClaim(second.claim(), LetterState.DELIVERED, null, claimer);
		assertThat(last.letter()).isNull();
		assertThat(last.ended()).hasSize(1);
		assertThat(statements).hasSize(3);
	}

	/** Who has had many letters gets the next one as quickly as the first. */
	@Test
	void findsTheOldestLetterAmongThoseThatAreNotFinal() {
		Recipient recipient = new Recipient("device", "many");
		Claimer claimer = new Claimer(1, "here", false, MINUTE, 3);
		database.jdbc()
			.update("""
					INSERT INTO socket_mailbox (identity, letter_key, state, attempts, posted_at, expires_at, until_at, token,
						ended_at, payload)
					SELECT ?, letter, 'WAITING', 0, 0, 9000000000000, 0, 0, 0, 'x' FROM GENERATE_SERIES(1, 2000) letter""",
					recipient.toString());
		// As if the identity had all letters, and none was final.
		database.jdbc().execute("ANALYZE socket_mailbox");
		String scans = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'socket_mailbox_open'";
		long before = database.jdbc().queryForObject(scans, Long.class);

		Claim claim = claimed(store().claim(recipient, claimer));
		for (int letter = 1; letter < 20; letter++) {
			claim = claimed(store().endAndClaim(claim, LetterState.DELIVERED, null, claimer));
		}

		assertThat(claim.key()).isEqualTo("20");
		// Each connection notes now and then what it has read.
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> database.jdbc().queryForObject(scans, Long.class) - before >= 20);
	}

	@Test
	void endsALetterWhereTheConnectionCommitsNothingByItself() throws Exception {
		Recipient recipient = new Recipient("device", "no auto-commit");
		Claimer claimer = new Claimer(1, "here", true, MINUTE, 3);
		store().post(new NewLetter(recipient, "a", new byte[0], MINUTE), 5);
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(database.dataSource().getJdbcUrl());
			pool.setAutoCommit(false);
			LetterStore other = DatabaseStore.create(pool);

			ClaimedLetter claimed = other.claim(recipient, claimer).letter();
			assertThat(claimed).isNotNull();
			other.endAndClaim(claimed.claim(), LetterState.DELIVERED, null, claimer);
		}
		assertThat(store().find(recipient, "a").orElseThrow().letter().state()).isEqualTo(LetterState.DELIVERED);
	}

	/** A row that is changed meanwhile is looked at again, with all that it is behind. */
	@ParameterizedTest
	@ValueSource(strings = { "state = 'CANCELLED', ended_at = 1", "until_at = 9000000000000000",
			"payload = 'changed', token = 0", "token = 9", "attempts = 2" })
	void claimsNoLetterThatAnotherChangesMeanwhile(String change) throws Exception {
		Recipient recipient = new Recipient("device", "meanwhile " + change);
		Claimer claimer = new Claimer(1, "here", true, MINUTE, 3);
		for (String key : List.of("a", "b", "c")) {
			store().post(new NewLetter(recipient, key, new byte[0], MINUTE), 5);
		}
		Claim first = claimed(store().claim(recipient, claimer));
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try (Connection other = database.dataSource().getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.executeUpdate("UPDATE socket_mailbox SET " + change + " WHERE letter_key = 'b' AND identity = '"
					+ recipient.toString().replace("'", "''") + "'");
			Future<NextLetter> next = threads
				.submit(() -> store().endAndClaim(first, LetterState.DELIVERED, null, claimer));
			Awaitility.await()
				.until(() -> database.jdbc()
					.queryForObject("SELECT COUNT(*) FROM pg_locks WHERE NOT granted", Integer.class) == 1);
			other.commit();

			NextLetter result = Patience.await(next);
			assertThat(result.ended()).extracting(Letter::key).containsExactly("a");
			String key = (result.letter() != null) ? result.letter().letter().key() : null;
			assertThat(key).isEqualTo(change.startsWith("state") ? "c"
					: (change.startsWith("until") || change.startsWith("token")) ? null : "b");
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Claim claimed(NextLetter next) {
		assertThat(next.letter()).isNotNull();
		return next.letter().claim();
	}

}
