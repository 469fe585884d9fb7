package dev.socketserver.mailbox.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

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
			LetterStore store = DatabaseStore.create(new Changed(pool, mutant.change));
			assertThat(failed(store)).as("tests that fail")
				.matches((failed) -> failed.isEmpty() == (mutant == Mutant.NONE));
		}
		finally {
			pool.dispose();
		}
	}

	/** Runs the tests of stores until one fails. */
	private static List<String> failed(LetterStore store) {
		List<String> failed = new ArrayList<>();
		for (Method test : LetterStoreContract.class.getDeclaredMethods()) {
			if (failed.isEmpty() && test.isAnnotationPresent(Test.class)) {
				try {
					test.setAccessible(true);
					test.invoke(new LetterStoreContract() {

						@Override
						protected LetterStore store() {
							return store;
						}

					});
				}
				catch (InvocationTargetException ex) {
					failed.add(test.getName());
				}
				catch (IllegalAccessException ex) {
					throw new IllegalStateException(ex);
				}
			}
		}
		return failed;
	}

	/** Changes statements. */
	private static final class Changed extends DelegatingDataSource {

		private final UnaryOperator<String> change;

		Changed(JdbcConnectionPool pool, UnaryOperator<String> change) {
			super(pool);
			this.change = change;
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						if (method.getName().equals("prepareStatement")) {
							arguments[0] = this.change.apply((String) arguments[0]);
						}
						try {
							return method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
