package dev.socketserver.bridge.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.autoconfigure.durable.EndedPrimary;
import dev.socketserver.autoconfigure.durable.NetworkTimeout;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.NotStoredException;
import dev.socketserver.bridge.Stored;
import dev.socketserver.bridge.session.BridgeStore;
import dev.socketserver.bridge.session.Turn;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Stores the messages of all servers in the table {@code socket_inbox}. One thread
 * commits together what has arrived while it committed before. If a transaction fails
 * because of the data, or breaks its connection, its messages are tried one by one, so
 * that only the bad one is rejected. If it fails otherwise, all its messages have failed,
 * and none behind them in their sessions is stored before them.
 */
public final class JdbcStore implements BridgeStore, AutoCloseable {

	/** At most so many messages are committed together. */
	private static final int MOST = 256;

	/** No further message is added to a transaction of so many bytes. */
	private static final int MOST_BYTES = 4 * 1024 * 1024;

	/**
	 * What MariaDB says of a message beyond its {@code max_allowed_packet}, as if its
	 * connection were lost.
	 */
	private static final int PACKET_TOO_LARGE = 1153;

	/**
	 * So many messages of a transaction break connections before the others fail, too.
	 */
	private static final int MOST_BROKEN = 3;

	/** How long a connection may take to show that it works. */
	private static final int CHECK_SECONDS = 5;

	/** A little longer than a statement may take. */
	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final Duration patience;

	private final DataSource dataSource;

	private final Supplier<Database> preparation;

	/** Absent until the database was reached. */
	private volatile @Nullable InboxTable table;

	private final ConnectionBreakers breakers = new ConnectionBreakers();

	private final SQLExceptionTranslator translator = new SQLExceptionSubclassTranslator();

	/** What is to be stored; guarded by itself. */
	private final ArrayDeque<PendingRow> pending = new ArrayDeque<>();

	private final Thread writer = new Thread(this::write, "socket-bridge-jdbc");

	/** Guarded by {@link #pending}. */
	private boolean closed;

	private final Gathering gathering = new Gathering(MOST);

	/**
	 * Creates a store, with its thread.
	 * @param dataSource connects to the database
	 * @param preparation makes or finds the table, and returns the database; throws an
	 * exception if it cannot
	 */
	public JdbcStore(DataSource dataSource, Supplier<Database> preparation) {
		this(dataSource, preparation, PATIENCE);
	}

	JdbcStore(DataSource dataSource, Supplier<Database> preparation, Duration patience) {
		this.patience = patience;
		this.dataSource = dataSource;
		this.preparation = preparation;
		this.writer.setDaemon(true);
		this.writer.start();
	}

	/**
	 * Makes or finds the table, unless it is known. Without this call, that is done
	 * before the first message is stored.
	 */
	public void prepare() {
		InboxTable unused = table();
	}

	private InboxTable table() {
		InboxTable known = this.table;
		if (known == null) {
			known = new InboxTable(this.preparation.get());
			this.table = known;
		}
		return known;
	}

	@Override
	public boolean keepsOrder() {
		return true;
	}

	@Override
	public CompletionStage<?> store(InboundMessage message, Turn turn) {
		PendingRow row = new PendingRow(message, turn);
		synchronized (this.pending) {
			this.pending.add(row);
			if (this.pending.size() == 1) {
				this.pending.notifyAll();
			}
		}
		return row.result();
	}

	private void write() {
		while (true) {
			List<PendingRow> rows = take();
			if (rows == null) {
				return;
			}
			try {
				storeInOrder(rows);
			}
			catch (Throwable ex) {
				// No caller may wait forever, whatever a driver throws.
				rows.forEach((row) -> row.failed(ex));
			}
		}
	}

	/** Waits for messages; {@code null} at the end. */
	private @Nullable List<PendingRow> take() {
		List<PendingRow> rows = new ArrayList<>();
		synchronized (this.pending) {
			while (this.pending.isEmpty() && !this.closed) {
				try {
					this.pending.wait();
				}
				catch (InterruptedException ex) {
					this.closed = true;
				}
			}
			if (this.closed) {
				return null;
			}
		}
		this.gathering.await(this::waiting);
		synchronized (this.pending) {
			if (this.closed) {
				return null;
			}
			long bytes = 0;
			while (rows.size() < MOST && bytes < MOST_BYTES && !this.pending.isEmpty()) {
				PendingRow row = this.pending.remove();
				rows.add(row);
				bytes += row.message().payload().length;
			}
		}
		this.gathering.taken(rows.size());
		return rows;
	}

	private int waiting() {
		synchronized (this.pending) {
			return this.pending.size();
		}
	}

	/** Stores those alone that have broken a connection. */
	private void storeInOrder(List<PendingRow> taken) {
		List<PendingRow> together = new ArrayList<>();
		for (PendingRow row : taken) {
			if (this.breakers.has(row.message())) {
				storeTogether(together);
				storeTogether(List.of(row));
				together = new ArrayList<>();
			}
			else {
				together.add(row);
			}
		}
		storeTogether(together);
	}

	private void storeTogether(List<PendingRow> taken) {
		List<PendingRow> rows = withoutThoseBehind(taken);
		if (rows.isEmpty()) {
			return;
		}
		long since = this.breakers.commits();
		Exception failure = store(rows);
		if (failure == null) {
			return;
		}
		if (rows.size() > 1 && (isOfRow(failure) || this.breakers.isOf(failure))) {
			storeOneByOne(rows, since);
		}
		else {
			failed(rows, failure, since);
		}
	}

	/** Ends early where no connection can be had, or each breaks. */
	private void storeOneByOne(List<PendingRow> taken, long since) {
		int broken = 0;
		for (int i = 0; i < taken.size(); i++) {
			List<PendingRow> rows = withoutThoseBehind(taken.subList(i, i + 1));
			Exception failure = rows.isEmpty() ? null : store(rows);
			if (failure == null) {
				continue;
			}
			boolean breaks = this.breakers.isOf(failure);
			failed(rows, failure, since);
			broken += breaks ? 1 : 0;
			if (!isOfRow(failure) && (!breaks || broken == MOST_BROKEN)) {
				failed(taken.subList(i + 1, taken.size()), failure);
				return;
			}
		}
	}

	/** Returns the failure, if there is one. */
	private @Nullable Exception store(List<PendingRow> rows) {
		try {
			List<Stored> stored = commit(rows);
			this.breakers.committed(rows.stream().map(PendingRow::message).toList());
			committed(rows, stored);
			return null;
		}
		catch (SQLException | RuntimeException ex) {
			return ex;
		}
	}

	/** Each session learns once of what it has in a transaction. */
	private static void committed(List<PendingRow> rows, List<Stored> stored) {
		rows.forEach((row) -> row.turn().gather());
		try {
			for (int i = 0; i < rows.size(); i++) {
				rows.get(i).committed(stored.get(i));
			}
		}
		finally {
			rows.forEach((row) -> row.turn().announce());
		}
	}

	/** Leaves out those behind a message that was not stored. */
	private static List<PendingRow> withoutThoseBehind(List<PendingRow> taken) {
		List<PendingRow> rows = new ArrayList<>();
		for (PendingRow row : taken) {
			if (row.turn().isOver()) {
				row.failed(new NotStoredException("A message before it was not stored", null));
			}
			else {
				rows.add(row);
			}
		}
		return rows;
	}

	private void failed(List<PendingRow> rows, Exception failure, long since) {
		boolean alone = rows.size() == 1 && this.breakers.isOf(failure);
		if (alone && this.breakers.add(rows.get(0).message(), since)) {
			rows.get(0).rejected(rejection(failure));
		}
		else {
			failed(rows, failure);
		}
	}

	private void failed(List<PendingRow> rows, Exception failure) {
		// Before anybody learns of it, so that nothing is stored behind them meanwhile.
		boolean data = isOfData(failure);
		if (!data) {
			rows.forEach((row) -> row.turn().end());
		}
		for (PendingRow row : rows) {
			if (data) {
				row.rejected(rejection(failure));
			}
			else {
				row.failed(failure);
			}
		}
	}

	/** Without its cause, whose text may have the payload. */
	private static MessageRejectedException rejection(Exception failure) {
		String state = (failure instanceof SQLException refused) ? ", SQL state " + refused.getSQLState() : "";
		return new MessageRejectedException(
				"The database refuses the message: " + failure.getClass().getName() + state);
	}

	/** Whether it is of one row, and others can be stored. */
	private boolean isOfRow(Exception failure) {
		return MissingPartition.isCauseOf(failure) || isRefused(failure);
	}

	private boolean isOfData(Exception failure) {
		return !MissingPartition.isCauseOf(failure) && isRefused(failure);
	}

	private boolean isRefused(Exception failure) {
		return failure instanceof DataIntegrityViolationException || (failure instanceof SQLException refused
				&& (refused.getErrorCode() == PACKET_TOO_LARGE || this.translator.translate("insert", null,
						refused) instanceof DataIntegrityViolationException));
	}

	private List<Stored> commit(List<PendingRow> rows) throws SQLException {
		List<InboundMessage> messages = rows.stream().map(PendingRow::message).toList();
		try {
			return inTransaction(messages);
		}
		catch (SQLException ex) {
			if (rows.size() == 1 && messages.get(0).id() != null && isOfData(ex)) {
				// Another node may have stored it meanwhile: then it is found now.
				return inTransaction(messages);
			}
			throw ex;
		}
	}

	/**
	 * Tries again at once as long as connections lead to a database that takes no writes.
	 * Who gets no connection has waited for one already.
	 */
	private List<Stored> inTransaction(List<InboundMessage> messages) throws SQLException {
		InboxTable known = table();
		for (int left = EndedPrimary.CONNECTIONS;; left--) {
			Connection connection = this.dataSource.getConnection();
			try (connection) {
				if (this.breakers.has(messages.get(0)) && !connection.isValid(CHECK_SECONDS)) {
					throw new SQLException("The connection was broken before");
				}
				return inTransaction(connection, known, messages);
			}
			catch (SQLException ex) {
				if (left == 1 || !EndedPrimary.isCauseOf(ex)) {
					throw ex;
				}
			}
		}
	}

	private List<Stored> inTransaction(Connection connection, InboxTable known, List<InboundMessage> messages)
			throws SQLException {
		Duration before = NetworkTimeout.set(connection, this.patience);
		boolean committed = false;
		boolean ended = false;
		try {
			connection.setAutoCommit(false);
			List<Stored> stored = known.insert(connection, messages);
			connection.commit();
			committed = true;
			return stored;
		}
		catch (SQLException ex) {
			ended = EndedPrimary.isCauseOf(ex);
			if (ended) {
				EndedPrimary.giveUp(connection, this.dataSource);
			}
			else {
				this.breakers.failed(ex);
			}
			throw ex;
		}
		finally {
			end(connection, committed);
			NetworkTimeout.set(connection, before);
			if (ended) {
				EndedPrimary.givenBack(connection, this.dataSource);
			}
		}
	}

	/** Leaves a connection as it was. */
	private static void end(Connection connection, boolean committed) {
		try {
			if (!committed) {
				connection.rollback();
			}
			connection.setAutoCommit(true);
		}
		catch (SQLException ex) {
			// What was committed is, and a database undoes what was not.
		}
	}

	/** Ends the thread. What waits is not stored, and no caller waits for it any more. */
	@Override
	public void close() {
		synchronized (this.pending) {
			this.closed = true;
			this.pending.notifyAll();
		}
	}

}
