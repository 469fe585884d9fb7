package dev.socketserver.mailbox.jdbc;

import java.util.UUID;
import java.util.function.UnaryOperator;

import dev.socketserver.mailbox.store.LetterStore;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests of stores find mistakes in statements.
 */
class MutantTests {

	private enum Mutant {

		NONE((sql) -> sql),

		DELIVERY_AFTER_EXPIRY((sql) -> sql.endsWith("FETCH FIRST 1 ROWS ONLY")
				? sql.replace("expires_at,", "expires_at + 3600000 AS expires_at,") : sql),

		TWO_FINAL_STATES((sql) -> sql.replace("AND state = 'SENT' AND token", "AND token")),

		TOKEN_AT_LEAST((sql) -> sql.replace("AND token = ? AND holder", "AND token >= ? AND holder")),

		TOKEN_AT_MOST((sql) -> sql.replace("AND token = ? AND holder", "AND token <= ? AND holder")),

		ANY_HOLDER((sql) -> sql.replace("AND holder = ? AND attempts = ?", "AND holder <> ? || '.' AND attempts = ?")),

		ANY_ATTEMPT((sql) -> sql.replace("AND holder = ? AND attempts = ?", "AND holder = ? AND attempts >= ?")),

		NEWEST_FIRST((sql) -> sql.replace("ORDER BY position FETCH", "ORDER BY position DESC FETCH"));

		private final UnaryOperator<String> change;

		Mutant(UnaryOperator<String> change) {
			this.change = change;
		}

	}

	@ParameterizedTest
	@EnumSource
	void aMutantIsCaught(Mutant mutant) {
		JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
				"sa", "");
		try {
			LetterStore store = DatabaseStore.create(new ChangedStatements(pool, mutant.change));
			assertThat(FailedTests.of(store)).as("tests that fail")
				.matches((failed) -> failed.isEmpty() == (mutant == Mutant.NONE));
		}
		finally {
			pool.dispose();
		}
	}

}
