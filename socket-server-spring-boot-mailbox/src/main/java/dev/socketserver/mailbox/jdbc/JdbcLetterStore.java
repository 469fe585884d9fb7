package dev.socketserver.mailbox.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterFilter;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.NextLetter;
import dev.socketserver.mailbox.store.Posted;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredLetter;
import dev.socketserver.mailbox.store.StoredState;
import dev.socketserver.mailbox.store.TransactionalLetterStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Letters in the table {@code socket_mailbox}. Each change names the row as it was read,
 * so that of several who want to change it one does. Where the database cannot be reached
 * at the start, the table is looked for with the first use.
 */
public final class JdbcLetterStore implements TransactionalLetterStore {

	/** Longer waits for a lock, or for a database that is stuck, end. */
	private static final int SECONDS = 10;

	/** A little longer than a statement may take. */
	private static final Duration PATIENCE = Duration.ofSeconds(SECONDS + 5);

	private static final int LOCKS = 64;

	/**
	 * At most so many letters for an identity are added at the same moment: with more
	 * places than these, no thread has to wait for others.
	 */
	private static final int AT_ONCE = 50;

	/** When to ask again after another has changed the row that was to be changed. */
	private static final Duration CONTENTION = Duration.ofSeconds(1);

	/** Whom the letter would be for that is written to see whether that can be done. */
	private static final Recipient CHECK = new Recipient("socket-mailbox", "check");

	private static final String NOT_FINAL = "state IN ('WAITING', 'SENT')";

	private static final String BY_KEY = " WHERE identity = ? AND letter_key = ?";

	private static final String AS_READ = " WHERE position = ? AND state = ? AND attempts = ? AND token = ? "
			+ "AND until_at = ?";

	private static final String HELD = " WHERE identity = ? AND letter_key = ? AND state = 'SENT' AND token = ? "
			+ "AND holder = ? AND attempts = ?";

	private final Duration patience;

	private final Supplier<Dialect> preparation;

	private final JdbcTemplate jdbc;

	private final StoreTransactions transactions;

	/** Have the letters of an identity counted and added by one thread of this node. */
	private final Object[] locks = new Object[LOCKS];

	private volatile @Nullable Dialect dialect;

	/** Absent where the database has none, or was not reached. */
	private volatile @Nullable SingleStatement single;

	/**
	 * Creates a store.
	 * @param dataSource connects to the database
	 * @param table makes or finds the table
	 */
	public JdbcLetterStore(DataSource dataSource, LetterTable table) {
		this(dataSource, table, PATIENCE);
	}

	JdbcLetterStore(DataSource dataSource, LetterTable table, Duration patience) {
		this.patience = patience;
		this.preparation = () -> table.prepare(dataSource);
		this.jdbc = new JdbcTemplate(dataSource);
		this.jdbc.setQueryTimeout(SECONDS);
		this.transactions = new StoreTransactions(dataSource, patience);
		for (int i = 0; i < LOCKS; i++) {
			this.locks[i] = new Object();
		}
	}

	/**
	 * Makes or finds the table.
	 * @throws MailboxUnavailableException if the database cannot be reached
	 * @throws InvalidSocketPropertyException if it cannot be used as it is
	 */
	public void prepare() {
		Dialect unused = prepared();
	}

	/** Once there is no start that could fail, what would fail it is an outage. */
	private Dialect dialect() {
		try {
			return prepared();
		}
		catch (InvalidSocketPropertyException ex) {
			throw unavailable(ex);
		}
	}

	private Dialect prepared() {
		Dialect known = this.dialect;
		if (known == null) {
			try {
				known = this.preparation.get();
			}
			catch (IllegalStateException | DataAccessException ex) {
				throw unavailable(ex);
			}
			if (known.isPostgres()) {
				this.single = new SingleStatement(this.jdbc, this.patience, known.now());
			}
			this.transactions.isolate(known.isolation());
			this.dialect = known;
		}
		return known;
	}

	private static MailboxUnavailableException unavailable(RuntimeException failure) {
		return new MailboxUnavailableException("The database of the mailbox cannot be used: " + failure.getMessage(),
				failure);
	}

	/** Runs something in a transaction, or in the caller's. */
	private <T> T in(Supplier<T> task) {
		// Before there is a transaction, which has a connection already.
		Dialect unused = dialect();
		try {
			return this.transactions.in(task);
		}
		catch (DataAccessException | TransactionException ex) {
			throw unavailable(ex);
		}
	}

	@Override
	public boolean isInTransaction() {
		return this.transactions.isCallers();
	}

	@Override
	public void whenCompleted(Consumer<TransactionEnd> completed) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			/** Those that were made since then. */
			private final Set<Object> savepoints = new HashSet<>();

			private boolean rolledBack;

			private boolean committed;

			@Override
			public void savepoint(Object savepoint) {
				this.savepoints.add(savepoint);
			}

			@Override
			public void savepointRollback(Object savepoint) {
				this.rolledBack |= !this.savepoints.contains(savepoint);
			}

			/**
			 * Not called if it was registered by another such call: behind the commit.
			 */
			@Override
			public void afterCommit() {
				this.committed = true;
			}

			@Override
			public void afterCompletion(int status) {
				boolean kept = status == STATUS_COMMITTED && !this.rolledBack;
				TransactionEnd end = this.committed ? TransactionEnd.COMMITTED : TransactionEnd.UNKNOWN;
				completed.accept(kept ? end : TransactionEnd.ROLLED_BACK);
			}

		});
	}

	@Override
	public Posted post(NewLetter letter, int capacity) {
		Dialect known = dialect();
		if (isInTransaction()) {
			// Whoever holds a lock must not wait for the transaction of another.
			return in(() -> post(known, letter, capacity));
		}
		synchronized (this.locks[Math.floorMod(letter.recipient().hashCode(), LOCKS)]) {
			return in(() -> post(known, letter, capacity));
		}
	}

	private Posted post(Dialect known, NewLetter letter, int capacity) {
		String identity = letter.recipient().toString();
		long[] counted = new long[2];
		this.jdbc.query("SELECT now_at, (SELECT COUNT(*) FROM socket_mailbox WHERE identity = ? AND " + NOT_FINAL
				+ " AND (expires_at > now_at OR (state = 'SENT' AND until_at > now_at))) AS waiting FROM (SELECT "
				+ known.now() + " AS now_at) clock", (row) -> {
					counted[0] = row.getLong("now_at");
					counted[1] = row.getLong("waiting");
				}, identity);
		String lock = known.lock();
		if (counted[1] < capacity && counted[1] + AT_ONCE >= capacity && lock != null) {
			lock(known, lock, identity);
			counted[1] = countAgain(known, identity, counted[0]);
		}
		if (counted[1] >= capacity) {
			return existing(letter).orElseThrow(() -> new MailboxFullException(identity, capacity));
		}
		StoredState state = StoredState.posted(letter, counted[0]);
		int added;
		try {
			added = this.jdbc.update(
					"INSERT INTO socket_mailbox (identity, letter_key, state, attempts, posted_at, expires_at, until_at, "
							+ "token, ended_at, payload) VALUES (?, ?, 'WAITING', 0, ?, ?, 0, 0, 0, ?)" + known.ifNew(),
					identity, letter.key(), state.postedAt(), state.expiresAt(), letter.payload());
		}
		catch (DuplicateKeyException ex) {
			added = 0;
		}
		catch (DataIntegrityViolationException ex) {
			throw refused(letter, ex);
		}
		if (added == 1) {
			return new Posted(state.letter(counted[0]), true);
		}
		return existing(letter).or(() -> existingNow(known, letter))
			.orElseThrow(() -> new MailboxUnavailableException("The letter is being posted by another", null));
	}

	/** Without its cause, whose text may have the payload. */
	private static IllegalArgumentException refused(NewLetter letter, DataAccessException failure) {
		String state = (failure.getCause() instanceof SQLException said) ? ", SQL state " + said.getSQLState() : "";
		return new IllegalArgumentException("The database refuses the letter, of " + letter.payload().length
				+ " bytes: " + failure.getClass().getSimpleName() + state);
	}

	/**
	 * Waits until no other transaction, of whatever node, adds letters for an identity.
	 * The lock ends with the transaction.
	 */
	private void lock(Dialect known, String lock, String identity) {
		String name = "socket_mailbox " + identity;
		Integer locked = this.jdbc.queryForObject(lock, Integer.class, name);
		if (locked == null || locked != 1) {
			throw new CannotAcquireLockException("Another transaction adds letters for the same identity");
		}
		String unlock = known.unlock();
		if (unlock != null) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCompletion(int status) {
					JdbcLetterStore.this.jdbc.queryForObject(unlock, Integer.class, name);
				}

			});
		}
	}

	/** Counts letters that are not final, also those that were added meanwhile. */
	private long countAgain(Dialect known, String identity, long now) {
		Long count = this.jdbc.queryForObject(
				known.latest("SELECT COUNT(*) FROM socket_mailbox WHERE identity = ? AND " + NOT_FINAL
						+ " AND (expires_at > ? OR (state = 'SENT' AND until_at > ?))"),
				Long.class, identity, now, now);
		return (count != null) ? count : 0;
	}

	private Optional<Posted> existing(NewLetter letter) {
		return row(letter.recipient(), letter.key()).map(LetterRow::existing);
	}

	/**
	 * Finds a letter that the transaction of a caller does not see, since another has
	 * posted it meanwhile. Only such a one: its row cannot be changed until that is over.
	 */
	private Optional<Posted> existingNow(Dialect known, NewLetter letter) {
		return this.jdbc
			.query(known.latest(query(BY_KEY)), LetterRow.MAPPER, letter.recipient().toString(), letter.key())
			.stream()
			.findFirst()
			.map(LetterRow::existing);
	}

	private Optional<LetterRow> row(Recipient recipient, String key) {
		return rows(BY_KEY, recipient.toString(), key).stream().findFirst();
	}

	private List<LetterRow> rows(String rest, Object... values) {
		return this.jdbc.query(query(rest), LetterRow.MAPPER, values);
	}

	private String query(String rest) {
		return "SELECT " + LetterRow.COLUMNS + ", " + dialect().now() + " AS now_at FROM socket_mailbox" + rest;
	}

	@Override
	public Optional<StoredLetter> find(Recipient recipient, String key) {
		return in(() -> row(recipient, key).map((row) -> new StoredLetter(row.state().letter(row.now()), row.bytes())));
	}

	@Override
	public List<StoredLetter> list(Recipient recipient, LetterFilter filter) {
		return in(() -> {
			String identity = recipient.toString();
			List<LetterRow> found = (filter.after() == null) ? rows(" WHERE identity = ? ORDER BY position", identity)
					: rows(" WHERE identity = ? AND position > (SELECT b.position FROM socket_mailbox b "
							+ "WHERE b.identity = ? AND b.letter_key = ?) ORDER BY position", identity, identity,
							filter.after());
			return found.stream()
				.filter((row) -> filter.states().contains(row.state().state(row.now())))
				.limit(filter.most())
				.map((row) -> new StoredLetter(row.state().letter(row.now()), row.bytes()))
				.toList();
		});
	}

	@Override
	public Optional<Letter> cancel(Recipient recipient, String key) {
		return in(() -> {
			LetterRow row = row(recipient, key).orElse(null);
			if (row == null || row.state().state(row.now()) != LetterState.WAITING) {
				return Optional.<Letter>empty();
			}
			StoredState cancelled = row.state().ended(LetterState.CANCELLED, null, row.now());
			return change(row, cancelled) ? Optional.of(cancelled.letter(row.now())) : Optional.<Letter>empty();
		});
	}

	/** Changes a row, if it is as it was read. */
	private boolean change(LetterRow row, StoredState to) {
		StoredState was = row.state();
		return this.jdbc.update(
				"UPDATE socket_mailbox SET state = ?, attempts = ?, until_at = ?, token = ?, holder = ?, ended_at = ?, "
						+ "detail = ?" + AS_READ,
				to.state().name(), to.attempts(), to.until(), to.token(), to.holder(), to.endedAt(), to.detail(),
				row.position(), was.state().name(), was.attempts(), was.token(), was.until()) == 1;
	}

	@Override
	public NextLetter claim(Recipient recipient, Claimer claimer) {
		NextLetter next = single((statement) -> statement.claim(recipient, claimer));
		return (next != null) ? next : in(() -> claimOldest(recipient, claimer));
	}

	/** Asks in a single statement; {@code null} where there is none, or no answer. */
	private @Nullable NextLetter single(Function<SingleStatement, @Nullable NextLetter> question) {
		Dialect unused = dialect();
		SingleStatement statement = this.single;
		if (statement == null || isInTransaction()) {
			return null;
		}
		try {
			return question.apply(statement);
		}
		catch (DataAccessException ex) {
			throw unavailable(ex);
		}
	}

	private NextLetter claimOldest(Recipient recipient, Claimer claimer) {
		List<Letter> ended = new ArrayList<>(0);
		while (true) {
			OldestRow oldest = oldest(recipient);
			if (oldest == null) {
				return new NextLetter(null, null, ended);
			}
			LetterRow row = oldest.row();
			StoredState end = row.state().endedByTime(claimer.attempts(), row.now());
			if (end == null) {
				return claim(oldest, claimer, ended);
			}
			if (!change(row, end)) {
				return new NextLetter(null, CONTENTION, ended);
			}
			ended.add(end.letter(row.now()));
		}
	}

	/** Returns the oldest that is not final, with its payload: most are claimed. */
	private @Nullable OldestRow oldest(Recipient recipient) {
		return this.jdbc
			.query("SELECT " + LetterRow.COLUMNS + ", payload, " + dialect().now()
					+ " AS now_at FROM socket_mailbox WHERE identity = ? AND " + NOT_FINAL + " ORDER BY position "
					+ dialect().atMost(1), OldestRow.MAPPER, recipient.toString())
			.stream()
			.findFirst()
			.orElse(null);
	}

	private NextLetter claim(OldestRow oldest, Claimer claimer, List<Letter> ended) {
		LetterRow row = oldest.row();
		StoredState state = row.state();
		Duration wait = state.heldFor(row.now());
		if (!wait.isZero()) {
			return new NextLetter(null, wait, ended);
		}
		if (claimer.fenced() && claimer.token() < highest(state.recipient())) {
			return new NextLetter(null, null, ended);
		}
		StoredState claimed = state.claimed(claimer, row.now());
		if (!change(row, claimed)) {
			return new NextLetter(null, CONTENTION, ended);
		}
		return new NextLetter(new ClaimedLetter(claimed.letter(row.now()), oldest.payload(), claimed.claim(),
				Duration.ofMillis(state.expiresAt() - row.now())), null, ended);
	}

	/** The highest token that an identity has seen. */
	private long highest(Recipient recipient) {
		Long highest = this.jdbc.queryForObject("SELECT MAX(token) FROM socket_mailbox WHERE identity = ?", Long.class,
				recipient.toString());
		return (highest != null) ? highest : 0;
	}

	@Override
	public Optional<Letter> end(Claim claim, boolean attempted, LetterState state, @Nullable String detail) {
		return in(() -> endHeld(claim, attempted, state, detail));
	}

	private Optional<Letter> endHeld(Claim claim, boolean attempted, LetterState state, @Nullable String detail) {
		int ended = this.jdbc.update(
				"UPDATE socket_mailbox SET state = ?, detail = ?, attempts = ?, until_at = 0, ended_at = "
						+ dialect().now() + HELD,
				state.name(), detail, claim.attempts(attempted), claim.recipient().toString(), claim.key(),
				claim.token(), claim.holder(), claim.attempt());
		return row(claim.recipient(), claim.key())
			.filter((row) -> ended == 1 || row.state().isEndOf(claim, attempted, state))
			.map((row) -> row.state().letter(row.now()));
	}

	/** In one transaction: to commit takes longer than all the rest. */
	@Override
	public NextLetter endAndClaim(Claim claim, LetterState state, @Nullable String detail, Claimer claimer) {
		NextLetter single = single((statement) -> statement.endAndClaim(claim, state, detail, claimer));
		return (single != null) ? single : in(() -> {
			Letter ended = endHeld(claim, true, state, detail).orElse(null);
			NextLetter next = claimOldest(claim.recipient(), claimer);
			return (ended != null) ? next.behind(ended) : next;
		});
	}

	@Override
	public void giveBack(Claim claim, boolean attempted, Duration pause, @Nullable String detail) {
		int unused = in(() -> this.jdbc.update(
				"UPDATE socket_mailbox SET state = 'WAITING', detail = ?, attempts = ?, until_at = ? + "
						+ dialect().now() + HELD,
				detail, claim.attempts(attempted), pause.toMillis(), claim.recipient().toString(), claim.key(),
				claim.token(), claim.holder(), claim.attempt()));
	}

	@Override
	public List<Letter> expire(int most) {
		return in(() -> {
			String now = dialect().now();
			List<Letter> ended = new ArrayList<>();
			for (LetterRow row : rows(
					" WHERE " + NOT_FINAL + " AND expires_at <= " + now + " AND (state = 'WAITING' OR until_at <= "
							+ now + ") ORDER BY position " + dialect().atMost(most))) {
				StoredState end = row.state().endedByTime(Integer.MAX_VALUE, row.now());
				if (end != null && change(row, end)) {
					ended.add(end.letter(row.now()));
				}
			}
			return ended;
		});
	}

	@Override
	public void forget(Duration keep) {
		int unused = in(() -> this.jdbc.update(
				"DELETE FROM socket_mailbox WHERE ended_at > 0 AND ended_at <= " + dialect().now() + " - ?",
				keep.toMillis()));
	}

	@Override
	public Set<Recipient> due(Collection<Recipient> recipients) {
		if (recipients.isEmpty()) {
			return Set.of();
		}
		return in(() -> {
			String places = String.join(", ", Collections.nCopies(recipients.size(), "?"));
			Set<Recipient> due = new HashSet<>();
			this.jdbc
				.queryForList(
						"SELECT DISTINCT identity FROM socket_mailbox WHERE identity IN (" + places + ") AND "
								+ NOT_FINAL + " AND until_at <= " + dialect().now(),
						String.class, recipients.stream().map(Recipient::toString).toArray())
				.forEach((identity) -> due.add(Recipient.of(identity)));
			return due;
		});
	}

	@Override
	public void check() {
		Dialect known = dialect();
		boolean unused = in(() -> {
			NewLetter letter = new NewLetter(CHECK, UUID.randomUUID().toString(), new byte[0], CONTENTION);
			LetterRow row = post(known, letter, 1).stored() ? row(CHECK, letter.key()).orElse(null) : null;
			return row != null && change(row, row.state().ended(LetterState.CANCELLED, null, row.now()))
					&& this.jdbc.update("DELETE FROM socket_mailbox WHERE position = ?", row.position()) == 1;
		});
	}

	@Override
	public long count() {
		Long count = in(
				() -> this.jdbc.queryForObject("SELECT COUNT(*) FROM socket_mailbox WHERE " + NOT_FINAL, Long.class));
		return (count != null) ? count : 0;
	}

	/**
	 * A row with its payload.
	 *
	 * @param row the row
	 * @param payload its payload
	 */
	private record OldestRow(LetterRow row, byte[] payload) {

		static final RowMapper<OldestRow> MAPPER = (result, number) -> new OldestRow(LetterRow.read(result),
				result.getBytes("payload"));

	}

}
