package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.EndedPrimary;
import dev.socketserver.autoconfigure.durable.NetworkTimeout;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.NextLetter;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredState;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ends a letter and claims the next one in a single statement, as PostgreSQL can: the
 * database is asked once, in place of five times. It does what nearly all letters need,
 * and nothing where another case may be meant: where another has claimed the letter, or
 * the next one has expired, waits or is held. It reads all that it compares at the same
 * moment, and a row that another changes meanwhile is not claimed.
 */
final class SingleStatement {

	/**
	 * All that is asked for of the oldest letter that is not final. The order is that of
	 * an index of these alone, so that it does not matter how many are final.
	 */
	private static final String OLDEST = """
			oldest AS (
				SELECT letter.position, letter.state, letter.attempts, letter.token, letter.until_at, letter.expires_at,
					clock.now_at
				FROM clock, socket_mailbox letter
				WHERE letter.identity = ? AND letter.state IN ('WAITING', 'SENT')%s
				ORDER BY letter.position + 0 LIMIT 1
			), claimed AS (
				UPDATE socket_mailbox letter SET state = 'SENT', attempts = letter.attempts + 1,
					until_at = oldest.now_at + ?, token = ?, holder = ?, ended_at = 0, detail = NULL
				FROM oldest
				WHERE letter.position = oldest.position AND letter.state = 'WAITING' AND oldest.state = 'WAITING'
					AND letter.attempts = oldest.attempts AND letter.token = oldest.token
					AND letter.until_at = oldest.until_at
					AND oldest.until_at <= oldest.now_at AND oldest.expires_at > oldest.now_at%s
				RETURNING letter.letter_key, letter.attempts, letter.posted_at, letter.expires_at, letter.payload
			)
			""";

	/** Only where tokens count: else the plan would be made anew for each letter. */
	private static final String FENCE = " AND ? >= (SELECT MAX(seen.token) FROM socket_mailbox seen "
			+ "WHERE seen.identity = ?)";

	private static final String RESULT = "SELECT clock.now_at, claimed.letter_key, claimed.attempts, "
			+ "claimed.posted_at, claimed.expires_at, claimed.payload, "
			+ "EXISTS (SELECT 1 FROM oldest) AS is_another";

	private final JdbcTemplate jdbc;

	private final Duration patience;

	private final String claim;

	private final String fencedClaim;

	private final String endAndClaim;

	private final String fencedEndAndClaim;

	/**
	 * Creates the statements.
	 * @param jdbc connects to the database, and says how long a statement may take
	 * @param patience when to give a database up that does not answer
	 * @param now the clock of the database
	 */
	SingleStatement(JdbcTemplate jdbc, Duration patience, String now) {
		this.jdbc = jdbc;
		this.patience = patience;
		String clock = "WITH clock AS MATERIALIZED (SELECT " + now + " AS now_at), ";
		this.claim = claim(clock, "");
		this.fencedClaim = claim(clock, FENCE);
		this.endAndClaim = endAndClaim(clock, "");
		this.fencedEndAndClaim = endAndClaim(clock, FENCE);
	}

	private static String claim(String clock, String fence) {
		return clock + OLDEST.formatted("", fence) + RESULT + " FROM clock LEFT JOIN claimed ON TRUE";
	}

	/** The letter that ends is found by its key: few rows have that. */
	private static String endAndClaim(String clock, String fence) {
		return clock + """
				ended AS (
					UPDATE socket_mailbox SET state = ?, detail = ?, until_at = 0, ended_at = (SELECT now_at FROM clock)
					WHERE identity = ? AND letter_key = ? AND COALESCE(state) = 'SENT' AND token = ? AND holder = ?
						AND attempts = ?
					RETURNING position, posted_at, expires_at
				),
				"""
				+ OLDEST.formatted(
						" AND EXISTS (SELECT 1 FROM ended) AND letter.position <> (SELECT position FROM ended)", fence)
				+ RESULT + ", ended.posted_at AS ended_posted_at, ended.expires_at AS ended_expires_at "
				+ "FROM clock CROSS JOIN ended LEFT JOIN claimed ON TRUE";
	}

	/**
	 * Claims the oldest letter.
	 * @return {@code null} if nothing was done, and another case may be meant
	 * @throws DataAccessException if the database cannot be used
	 */
	@Nullable NextLetter claim(Recipient recipient, Claimer claimer) {
		return ask(claimer.fenced() ? this.fencedClaim : this.claim,
				(statement) -> set(statement, 1, recipient, claimer),
				(row) -> next(row, recipient, claimer, List.of()));
	}

	/**
	 * Ends a letter, and claims the oldest one behind.
	 * @return {@code null} if another case may be meant. The letter may have ended then
	 * @throws DataAccessException if the database cannot be used
	 */
	@Nullable NextLetter endAndClaim(Claim claim, LetterState state, @Nullable String detail, Claimer claimer) {
		return ask(claimer.fenced() ? this.fencedEndAndClaim : this.endAndClaim, (statement) -> {
			statement.setString(1, state.name());
			statement.setString(2, detail);
			statement.setString(3, claim.recipient().toString());
			statement.setString(4, claim.key());
			statement.setLong(5, claim.token());
			statement.setString(6, claim.holder());
			statement.setInt(7, claim.attempt());
			set(statement, 8, claim.recipient(), claimer);
		}, (row) -> next(row, claim.recipient(), claimer, List.of(ended(row, claim, state, detail))));
	}

	private @Nullable NextLetter ask(String sql, Values values, Answer answer) {
		DataSource pool = Objects.requireNonNull(this.jdbc.getDataSource());
		try (Connection connection = pool.getConnection()) {
			Duration before = NetworkTimeout.set(connection, this.patience);
			try {
				return ask(connection, sql, values, answer);
			}
			catch (SQLException ex) {
				if (!EndedPrimary.isCauseOf(ex)) {
					throw ex;
				}
				// Who goes on gets another.
				EndedPrimary.giveUp(connection, pool);
				EndedPrimary.givenBack(connection, pool);
				return null;
			}
			finally {
				NetworkTimeout.set(connection, before);
			}
		}
		catch (SQLException ex) {
			DataAccessException translated = this.jdbc.getExceptionTranslator().translate("claim", sql, ex);
			throw (translated != null) ? translated : new UncategorizedSQLException("claim", sql, ex);
		}
	}

	private @Nullable NextLetter ask(Connection connection, String sql, Values values, Answer answer)
			throws SQLException {
		// Else there is nothing to commit: the statement is a transaction.
		boolean commits = !connection.getAutoCommit();
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setQueryTimeout(this.jdbc.getQueryTimeout());
			values.set(statement);
			NextLetter next;
			try (ResultSet row = statement.executeQuery()) {
				next = row.next() ? answer.read(row) : null;
			}
			if (commits) {
				connection.commit();
			}
			return next;
		}
		catch (SQLException ex) {
			if (commits) {
				connection.rollback();
			}
			throw ex;
		}
	}

	private static void set(PreparedStatement statement, int first, Recipient recipient, Claimer claimer)
			throws SQLException {
		statement.setString(first, recipient.toString());
		statement.setLong(first + 1, claimer.hold().toMillis());
		statement.setLong(first + 2, claimer.token());
		statement.setString(first + 3, claimer.holder());
		if (claimer.fenced()) {
			statement.setLong(first + 4, claimer.token());
			statement.setString(first + 5, recipient.toString());
		}
	}

	private static @Nullable NextLetter next(ResultSet row, Recipient recipient, Claimer claimer, List<Letter> ended)
			throws SQLException {
		String key = row.getString("letter_key");
		if (key == null) {
			return row.getBoolean("is_another") ? null : new NextLetter(null, null, ended);
		}
		long now = row.getLong("now_at");
		long expiresAt = row.getLong("expires_at");
		StoredState claimed = new StoredState(recipient, key, LetterState.WAITING, row.getInt("attempts") - 1,
				row.getLong("posted_at"), expiresAt, 0, 0, null, 0, null)
			.claimed(claimer, now);
		return new NextLetter(new ClaimedLetter(claimed.letter(now), row.getBytes("payload"), claimed.claim(),
				Duration.ofMillis(expiresAt - now)), null, ended);
	}

	private static Letter ended(ResultSet row, Claim claim, LetterState state, @Nullable String detail)
			throws SQLException {
		long now = row.getLong("now_at");
		return new StoredState(claim.recipient(), claim.key(), state, claim.attempt(), row.getLong("ended_posted_at"),
				row.getLong("ended_expires_at"), 0, claim.token(), claim.holder(), now, detail)
			.letter(now);
	}

	/** Gives a statement its values. */
	private interface Values {

		void set(PreparedStatement statement) throws SQLException;

	}

	/** Reads the row of the result. */
	private interface Answer {

		@Nullable NextLetter read(ResultSet row) throws SQLException;

	}

}
