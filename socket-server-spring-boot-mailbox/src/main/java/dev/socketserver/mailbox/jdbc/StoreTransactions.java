package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.EndedPrimary;
import dev.socketserver.autoconfigure.durable.NetworkTimeout;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The transactions in which a store does its work: that of a caller, or one of its own.
 */
final class StoreTransactions {

	private final DataSource dataSource;

	private final Duration patience;

	private final TransactionTemplate own;

	/**
	 * Creates the transactions.
	 * @param dataSource connects to the database
	 * @param patience when to give a database up that does not answer
	 */
	StoreTransactions(DataSource dataSource, Duration patience) {
		this.dataSource = dataSource;
		this.patience = patience;
		this.own = new TransactionTemplate(new JdbcTransactionManager(dataSource));
	}

	/** Sets what the store's own transactions see of others. */
	void isolate(int level) {
		this.own.setIsolationLevel(level);
	}

	/** Whether the calling thread is in a transaction of the database. */
	boolean isCallers() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.hasResource(this.dataSource);
	}

	/**
	 * Runs something in a transaction, or in the caller's.
	 * @throws DataAccessException if the database cannot do it
	 * @throws TransactionException if the database cannot be used
	 */
	<T> T in(Supplier<T> task) {
		T result = isCallers() ? task.get() : inOwn(task);
		if (result == null) {
			throw new IllegalStateException("There is no result");
		}
		return result;
	}

	/**
	 * Tries again at once as long as connections lead to a database that takes no writes.
	 */
	private <T> @Nullable T inOwn(Supplier<T> task) {
		for (int left = EndedPrimary.CONNECTIONS;; left--) {
			AtomicReference<@Nullable Connection> ended = new AtomicReference<>();
			try {
				return this.own.execute((status) -> {
					limitPatience();
					try {
						return task.get();
					}
					catch (DataAccessException ex) {
						if (EndedPrimary.isCauseOf(ex)) {
							ended.set(giveUpConnection());
						}
						throw ex;
					}
				});
			}
			catch (DataAccessException | TransactionException ex) {
				Connection gone = ended.get();
				if (gone != null) {
					EndedPrimary.givenBack(gone, this.dataSource);
				}
				if (left == 1 || gone == null) {
					throw ex;
				}
			}
		}
	}

	/** Returns the connection, which is to be given back when the transaction is over. */
	private Connection giveUpConnection() {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		EndedPrimary.giveUp(connection, this.dataSource);
		DataSourceUtils.releaseConnection(connection, this.dataSource);
		return connection;
	}

	/**
	 * Has the transaction end, and not wait forever, when the database answers no more.
	 */
	private void limitPatience() {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		Duration before = NetworkTimeout.set(connection, this.patience);
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				NetworkTimeout.set(connection, before);
			}

		});
		DataSourceUtils.releaseConnection(connection, this.dataSource);
	}

}
