package dev.socketserver.mailbox.jdbc;

import java.util.function.UnaryOperator;

import dev.socketserver.fixtures.PostgresServer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests of stores find mistakes in the single statement of PostgreSQL.
 */
class PostgresMutantTests {

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore(
			(opened) -> opened.add(PostgresServer.open()).url());

	private enum Mutant {

		NONE((sql) -> sql),

		EXPIRED_IS_SENT((sql) -> sql.replace(" AND oldest.expires_at > oldest.now_at", "")),

		NO_PAUSE((sql) -> sql.replace("oldest.until_at <= oldest.now_at AND", "")),

		SPENT_IS_SENT((sql) -> sql.replace("AND letter.state = 'WAITING' AND oldest.state = 'WAITING'", "")),

		NO_FENCE((sql) -> sql.replace("SELECT MAX(seen.token) FROM", "SELECT MIN(0) FROM")),

		TOKEN_AT_LEAST((sql) -> sql.replace("'SENT' AND token = ? AND holder", "'SENT' AND token >= ? AND holder")),

		TOKEN_AT_MOST((sql) -> sql.replace("'SENT' AND token = ? AND holder", "'SENT' AND token <= ? AND holder")),

		ANY_HOLDER((sql) -> sql.replace("token = ? AND holder = ?", "token = ? AND holder <> ? || '.'")),

		FINAL_AGAIN((sql) -> sql.replace("COALESCE(state) = 'SENT' AND", "")),

		NEWEST_FIRST((sql) -> sql.replace("letter.position + 0 LIMIT", "letter.position + 0 DESC LIMIT"));

		private final UnaryOperator<String> change;

		Mutant(UnaryOperator<String> change) {
			this.change = change;
		}

	}

	@ParameterizedTest
	@EnumSource
	void aMutantIsCaught(Mutant mutant) {
		UnaryOperator<String> change = (sql) -> sql.startsWith("WITH") ? mutant.change.apply(sql) : sql;
		assertThat(FailedTests.of(DatabaseStore.create(new ChangedStatements(database.dataSource(), change))))
			.as("tests that fail")
			.matches((failed) -> failed.isEmpty() == (mutant == Mutant.NONE));
	}

}
