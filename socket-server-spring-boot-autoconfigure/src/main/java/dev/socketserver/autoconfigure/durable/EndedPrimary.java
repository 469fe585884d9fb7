package dev.socketserver.autoconfigure.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Finds out that a connection leads to a database that takes no writes any more, since it
 * ends, or another is the primary. Another connection may reach that one.
 */
public final class EndedPrimary {

	/**
	 * So many connections of a pool are given up one after the other, without a pause:
	 * more than the usual pool has.
	 */
	public static final int CONNECTIONS = 16;

	/** Read-only, and the three that PostgreSQL says at its end and beginning. */
	private static final Set<String> STATES = Set.of("25006", "57P01", "57P02", "57P03");

	/** What MariaDB says for that: it ends; it is read-only, by an option or for all. */
	private static final Set<Integer> CODES = Set.of(1053, 1290, 1792, 1836);

	/** Causes may be a circle. */
	private static final int MOST = 16;

	private EndedPrimary() {
	}

	/**
	 * Whether a failure says so.
	 * @param failure the failure, or one with it as its cause
	 * @return {@code true} if its connection is of no more use
	 */
	public static boolean isCauseOf(Throwable failure) {
		@Nullable Throwable cause = failure;
		for (int depth = 0; cause != null && depth < MOST; depth++) {
			if (cause instanceof SQLException said
					&& (STATES.contains(String.valueOf(said.getSQLState())) || CODES.contains(said.getErrorCode()))) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	/**
	 * Gives a connection up before its transaction ends, so that its pool makes another.
	 * A pool finds that out when the connection is given back, or used next. HikariCP
	 * closes it itself, when it is given back.
	 * @param connection the connection
	 * @param pool where it comes from
	 * @see #givenBack
	 */
	public static void giveUp(Connection connection, DataSource pool) {
		if (HikariConnections.areOf(pool)) {
			return;
		}
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException | AbstractMethodError ex) {
			// It is gone already, or the driver cannot.
		}
	}

	/**
	 * A connection that was given up is used no more, or was given back.
	 * @param connection the connection
	 * @param pool where it comes from
	 */
	public static void givenBack(Connection connection, DataSource pool) {
		HikariConnections.giveUp(connection, pool);
	}

}
