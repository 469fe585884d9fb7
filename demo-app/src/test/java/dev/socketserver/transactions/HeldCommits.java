package dev.socketserver.transactions;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.fixtures.Patience;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Commits when the test lets it, or not at all: the database has ended the connection
 * then.
 */
class HeldCommits extends JdbcTransactionManager {

	private static final long serialVersionUID = 1L;

	private final transient AtomicReference<@Nullable Held> held = new AtomicReference<>();

	private final transient HikariDataSource pool;

	HeldCommits(HikariDataSource pool) {
		super(pool);
		this.pool = pool;
	}

	/** Holds the next commit. */
	Held hold() {
		Held next = new Held();
		this.held.set(next);
		return next;
	}

	@Override
	protected void doCommit(DefaultTransactionStatus status) {
		Held next = this.held.getAndSet(null);
		if (next != null) {
			next.begun.countDown();
			next.awaitRelease();
			if (next.lost.get()) {
				loseConnection(status);
			}
		}
		super.doCommit(status);
	}

	/** The pool must know: it trusts a connection that was used a moment ago. */
	private void loseConnection(DefaultTransactionStatus status) {
		Connection connection = ((JdbcTransactionObjectSupport) status.getTransaction()).getConnectionHolder()
			.getConnection();
		try {
			connection.unwrap(JdbcConnection.class).close();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		this.pool.evictConnection(connection);
	}

	/** A commit that is held. */
	record Held(CountDownLatch begun, CountDownLatch released, AtomicBoolean lost) {

		Held() {
			this(new CountDownLatch(1), new CountDownLatch(1), new AtomicBoolean());
		}

		void awaitBegin() {
			Patience.await(this.begun);
		}

		void release() {
			this.released.countDown();
		}

		/** Lets it begin when its connection is gone. */
		void loseConnection() {
			this.lost.set(true);
			release();
		}

		private void awaitRelease() {
			Patience.await(this.released);
		}

	}

}
