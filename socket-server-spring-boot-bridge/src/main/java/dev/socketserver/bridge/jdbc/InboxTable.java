package dev.socketserver.bridge.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.Stored;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the table {@code socket_inbox}. A message with an id is looked for
 * before it is inserted, and the unique constraint finds what another node inserts
 * meanwhile. PostgreSQL does both in one statement, which uses the index of the
 * constraint even if nothing is known of the table yet, and is given columns as arrays.
 * Each database has a way of its own to return the rows of an insertion, in their order.
 * MariaDB is given times in UTC, and is told so with each insertion: its column has them
 * as the session shows them, whose zone is that of the database.
 */
public final class InboxTable {

	/** Its name. */
	public static final String NAME = "socket_inbox";

	/** Its columns. */
	public static final String COLUMNS = "position, server, session, identity, message_id, received_at, payload";

	private static final String INSERT = "insert into socket_inbox "
			+ "(server, session, identity, message_id, received_at, payload) values ";

	private static final String ROW = "(?, ?, ?, ?, ?, ?)";

	/** The same with an array for each column, in the order of the messages. */
	private static final String INSERT_COLUMNS = "insert into socket_inbox "
			+ "(server, session, identity, message_id, received_at, payload) "
			+ "select server, session, identity, message_id, received_at::timestamptz, payload from "
			+ "unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[]) with ordinality "
			+ "message(server, session, identity, message_id, received_at, payload, place) order by place "
			+ "on conflict (server, message_id) do nothing returning position, message_id, server";

	private static final int PLACES = 6;

	private static final int TIMEOUT_SECONDS = 30;

	/** With the time that the driver would set in the same way, around it and in vain. */
	private static final String UTC = "set statement time_zone = '+00:00', max_statement_time = " + TIMEOUT_SECONDS
			+ " for ";

	/** Whether the database leaves out by itself what it has already. */
	private final boolean onConflict;

	/** What is around an insertion, so that it is a query for its rows. */
	private final String before;

	private final String after;

	/** Whether a time is given without its zone, which is UTC. */
	private final boolean withoutZone;

	/**
	 * Creates the statements.
	 * @param database the database
	 */
	InboxTable(Database database) {
		this.onConflict = database == Database.POSTGRESQL;
		boolean returning = database == Database.MARIADB;
		this.withoutZone = returning;
		this.before = returning ? UTC : "select position from final table (";
		this.after = returning ? " returning position" : ")";
	}

	/**
	 * Inserts messages. The caller commits.
	 * @param connection the connection
	 * @param messages the messages
	 * @return how each was stored, in the same order
	 * @throws SQLException if one could not be inserted
	 */
	List<Stored> insert(Connection connection, List<InboundMessage> messages) throws SQLException {
		return this.onConflict ? insertOnConflict(connection, messages) : insertUnknown(connection, messages);
	}

	/** Leaves it to the database to find what it has. */
	private List<Stored> insertOnConflict(Connection connection, List<InboundMessage> messages) throws SQLException {
		List<Inserted> rows = insertAll(connection, messages);
		@Nullable String[] positions = new @Nullable String[messages.size()];
		List<InboundMessage> duplicates = new ArrayList<>();
		int next = 0;
		// Rows are returned in the order of the messages, without those left out.
		for (int i = 0; i < positions.length; i++) {
			if (next < rows.size() && rows.get(next).isOf(messages.get(i))) {
				positions[i] = rows.get(next++).position();
			}
			else {
				duplicates.add(messages.get(i));
			}
		}
		Map<MessageId, String> known = known(connection, duplicates);
		List<Stored> stored = new ArrayList<>();
		for (int i = 0; i < positions.length; i++) {
			String position = positions[i];
			InboundMessage message = messages.get(i);
			stored.add((position != null) ? new Stored(message.id(), false, position)
					: new Stored(message.id(), true, known.get(MessageId.of(message))));
		}
		return stored;
	}

	/** Looks for messages, and inserts those that are not there. */
	private List<Stored> insertUnknown(Connection connection, List<InboundMessage> messages) throws SQLException {
		Map<MessageId, String> known = known(connection, messages);
		List<InboundMessage> fresh = new ArrayList<>();
		Map<MessageId, Integer> indices = new LinkedHashMap<>();
		for (InboundMessage message : messages) {
			MessageId id = MessageId.of(message);
			if (id == null || (!known.containsKey(id) && indices.putIfAbsent(id, fresh.size()) == null)) {
				fresh.add(message);
			}
		}
		List<String> positions = fresh.isEmpty() ? List.of()
				: insertAll(connection, fresh).stream().map(Inserted::position).toList();
		indices.forEach((id, index) -> known.put(id, positions.get(index)));
		List<Stored> stored = new ArrayList<>();
		int next = 0;
		for (InboundMessage message : messages) {
			MessageId id = MessageId.of(message);
			boolean inserted = next < fresh.size() && fresh.get(next) == message;
			String position = inserted ? positions.get(next++) : known.get(id);
			stored.add(new Stored(message.id(), !inserted, position));
		}
		return stored;
	}

	/** Returns the positions of messages that are in the table already. */
	private static Map<MessageId, String> known(Connection connection, List<InboundMessage> messages)
			throws SQLException {
		Map<String, List<String>> ids = new LinkedHashMap<>();
		for (InboundMessage message : messages) {
			if (message.id() != null) {
				ids.computeIfAbsent(message.server(), (server) -> new ArrayList<>()).add(message.id());
			}
		}
		Map<MessageId, String> known = new LinkedHashMap<>();
		for (Map.Entry<String, List<String>> each : ids.entrySet()) {
			find(connection, each.getKey(), each.getValue(), known);
		}
		return known;
	}

	private static void find(Connection connection, String server, List<String> ids, Map<MessageId, String> known)
			throws SQLException {
		String query = "select message_id, position from socket_inbox where server = ? and message_id in (?"
				+ ", ?".repeat(ids.size() - 1) + ")";
		try (PreparedStatement statement = connection.prepareStatement(query)) {
			statement.setQueryTimeout(TIMEOUT_SECONDS);
			statement.setString(1, server);
			for (int i = 0; i < ids.size(); i++) {
				statement.setString(i + 2, ids.get(i));
			}
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					known.put(new MessageId(server, rows.getString(1)), rows.getString(2));
				}
			}
		}
	}

	/** Inserts messages in one statement, and returns the rows. */
	private List<Inserted> insertAll(Connection connection, List<InboundMessage> messages) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(insertion(messages.size()))) {
			statement.setQueryTimeout(TIMEOUT_SECONDS);
			if (this.onConflict) {
				setColumns(connection, statement, messages);
			}
			else {
				for (int i = 0; i < messages.size(); i++) {
					set(statement, i * PLACES, messages.get(i));
				}
			}
			List<Inserted> inserted = new ArrayList<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					inserted.add(new Inserted(Objects.requireNonNull(rows.getString(1)),
							this.onConflict ? rows.getString(2) : null, this.onConflict ? rows.getString(3) : null));
				}
			}
			return inserted;
		}
	}

	/**
	 * For PostgreSQL one statement for any number of messages, which is parsed and
	 * planned once: otherwise each number has one of its own, which takes longer than the
	 * rows.
	 */
	private String insertion(int messages) {
		return this.onConflict ? INSERT_COLUMNS
				: this.before + INSERT + ROW + (", " + ROW).repeat(messages - 1) + this.after;
	}

	/** In the order of {@link #INSERT_COLUMNS}. */
	private static void setColumns(Connection connection, PreparedStatement statement, List<InboundMessage> messages)
			throws SQLException {
		setColumn(connection, statement, 1, messages, InboundMessage::server);
		setColumn(connection, statement, 2, messages, InboundMessage::session);
		setColumn(connection, statement, 3, messages, InboundMessage::identity);
		setColumn(connection, statement, 4, messages, InboundMessage::id);
		setColumn(connection, statement, 5, messages, (message) -> message.receivedAt().toString());
		byte[][] payloads = messages.stream().map(InboundMessage::payload).toArray(byte[][]::new);
		statement.setArray(PLACES, connection.createArrayOf("bytea", payloads));
	}

	private static void setColumn(Connection connection, PreparedStatement statement, int place,
			List<InboundMessage> messages, Function<InboundMessage, @Nullable String> column) throws SQLException {
		@Nullable String[] texts = new @Nullable String[messages.size()];
		for (int i = 0; i < texts.length; i++) {
			texts[i] = column.apply(messages.get(i));
		}
		statement.setArray(place, connection.createArrayOf("text", texts));
	}

	private void set(PreparedStatement statement, int before, InboundMessage message) throws SQLException {
		statement.setString(before + 1, message.server());
		statement.setString(before + 2, message.session());
		statement.setString(before + 3, message.identity());
		statement.setString(before + 4, message.id());
		OffsetDateTime time = message.receivedAt().atOffset(ZoneOffset.UTC);
		statement.setObject(before + 5, this.withoutZone ? time.toLocalDateTime() : time);
		statement.setBytes(before + 6, message.payload());
	}

	/**
	 * A row that was inserted.
	 *
	 * @param position its position
	 * @param messageId the id of its message, or {@code null}
	 * @param server the server that has received it; {@code null} if that is not asked
	 * for
	 */
	private record Inserted(String position, @Nullable String messageId, @Nullable String server) {

		/** Whether it is the row of a message, if it may be. */
		boolean isOf(InboundMessage message) {
			return Objects.equals(this.messageId, message.id()) && message.server().equals(this.server);
		}

	}

	/** What is unique. */
	private record MessageId(String server, String id) {

		static @Nullable MessageId of(InboundMessage message) {
			return (message.id() != null) ? new MessageId(message.server(), message.id()) : null;
		}

	}

}
