package dev.socketserver.mailbox.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.store.Posted;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredState;

import org.springframework.jdbc.core.RowMapper;

/**
 * A row of the table, with the clock of the database when it was read.
 *
 * @param position its place in the order of all letters
 * @param state the letter
 * @param now the clock
 * @param bytes how many bytes its payload has
 */
record LetterRow(long position, StoredState state, long now, int bytes) {

	static final String COLUMNS = "position, identity, letter_key, state, attempts, posted_at, expires_at, until_at, "
			+ "token, holder, ended_at, detail, OCTET_LENGTH(payload) AS bytes";

	static final RowMapper<LetterRow> MAPPER = (result, number) -> read(result);

	/** What who posts a letter of the same key gets. */
	Posted existing() {
		return new Posted(this.state.letter(this.now), false);
	}

	static LetterRow read(ResultSet row) throws SQLException {
		StoredState state = new StoredState(Recipient.of(row.getString("identity")), row.getString("letter_key"),
				LetterState.valueOf(row.getString("state")), row.getInt("attempts"), row.getLong("posted_at"),
				row.getLong("expires_at"), row.getLong("until_at"), row.getLong("token"), row.getString("holder"),
				row.getLong("ended_at"), row.getString("detail"));
		return new LetterRow(row.getLong("position"), state, row.getLong("now_at"), row.getInt("bytes"));
	}

}
