package dev.socketserver.bridge.jdbc;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says that there is no partition for a row. The message is not to blame for it: somebody
 * adds the partition. PostgreSQL says the same of it as of a check that fails, without
 * the name of a constraint. MariaDB has a number for it.
 */
final class MissingPartition {

	private static final String CHECK_VIOLATION = "23514";

	private static final int OF_MARIADB = 1526;

	private MissingPartition() {
	}

	static boolean isCauseOf(Exception failure) {
		return failure instanceof SQLException said && (said.getErrorCode() == OF_MARIADB || isOfPostgres(said));
	}

	private static boolean isOfPostgres(SQLException said) {
		return CHECK_VIOLATION.equals(said.getSQLState()) && said.getClass().getName().startsWith("org.postgresql.")
				&& Postgres.namesNoConstraint(said);
	}

	/** Loaded only with the driver. */
	private static final class Postgres {

		static boolean namesNoConstraint(SQLException failure) {
			@Nullable ServerErrorMessage message = (failure instanceof PSQLException said) ? said.getServerErrorMessage() : null;
			return message != null && message.getConstraint() == null;
		}

	}

}
