package dev.socketserver.bridge.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.bridge.InboundMessage;
import org.jspecify.annotations.Nullable;

/**
 * Messages that have broken the connection over which they were stored alone, such as one
 * beyond MariaDB's {@code max_allowed_packet}: its answer is often lost with the
 * connection. No other is to blame for that once others were stored meanwhile. Confined
 * to the thread that stores.
 */
final class ConnectionBreakers {

	/** So often a message breaks a connection before it is rejected. */
	private static final int TIMES = 3;

	/** The oldest of more are forgotten. */
	private static final int MOST = 1_000;

	private final Map<Key, Breaks> known = new LinkedHashMap<>();

	/** How many transactions were committed. */
	private long commits;

	/** The failure with which a connection has ended that there was. */
	private @Nullable Exception broken;

	/** A transaction has failed on a connection. */
	void failed(SQLException failure) {
		boolean lost = String.valueOf(failure.getSQLState()).startsWith("08")
				|| failure instanceof SQLNonTransientConnectionException || failure instanceof SQLRecoverableException;
		if (lost) {
			this.broken = failure;
		}
	}

	/** Whether the failure has broken a connection, rather than that there was none. */
	boolean isOf(Exception failure) {
		return failure == this.broken;
	}

	/** A transaction was committed. */
	void committed(Iterable<InboundMessage> messages) {
		this.commits++;
		if (!this.known.isEmpty()) {
			messages.forEach((message) -> this.known.remove(Key.of(message)));
		}
	}

	long commits() {
		return this.commits;
	}

	/** Whether a message has broken a connection, and is to be stored alone. */
	boolean has(InboundMessage message) {
		return !this.known.isEmpty() && this.known.containsKey(Key.of(message));
	}

	/**
	 * A message has broken the connection over which it was stored alone.
	 * @param message the message
	 * @param since the commits at a time from which it may be to blame
	 * @return whether it is to be rejected
	 */
	boolean add(InboundMessage message, long since) {
		Key key = Key.of(message);
		Breaks before = this.known.remove(key);
		Breaks breaks = (before != null) ? new Breaks(before.times() + 1, before.since()) : new Breaks(1, since);
		if (breaks.times() >= TIMES && breaks.since() < this.commits) {
			return true;
		}
		if (this.known.size() == MOST) {
			this.known.remove(this.known.keySet().iterator().next());
		}
		this.known.put(key, breaks);
		return false;
	}

	/**
	 * How often a message has broken a connection.
	 *
	 * @param times how often
	 * @param since the commits before the first time
	 */
	private record Breaks(int times, long since) {
	}

	/**
	 * What a message is known by, also when its peer sends it again over another
	 * connection.
	 */
	private record Key(String server, @Nullable String id, int length, int hash) {

		static Key of(InboundMessage message) {
			byte[] payload = message.payload();
			return new Key(message.server(), message.id(), payload.length, Arrays.hashCode(payload));
		}

	}

}
