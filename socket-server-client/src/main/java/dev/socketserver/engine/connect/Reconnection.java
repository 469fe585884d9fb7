package dev.socketserver.engine.connect;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import dev.socketserver.CloseReason;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.engine.addresses.ClientAddresses;
import dev.socketserver.engine.connect.ClientConnection.ConnectionEvents;
import dev.socketserver.operator.AttemptOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a client that is to be connected makes its next attempt: at once, when it
 * has waited, or when handlers of lost connections have returned. Where others serve,
 * {@link Probing} tries addresses meanwhile. Guarded by the monitor of
 * {@link ClientConnections}.
 */
final class Reconnection {

	/**
	 * So many lost connections may have handlers that have still to be notified of their
	 * end. Each keeps what it has received, and its session, for as long as the first of
	 * these handlers does not return.
	 */
	private static final int MOST_UNENDED = 20;

	private final ClientContext client;

	private final ConnectionPool pool;

	private final ClientStatus status;

	/** Goes on when a wait is over. */
	private final IntConsumer waited;

	private final ClientAddresses addresses;

	private final Probing probing;

	/**
	 * The connections whose handlers have still to be notified of the end: several where
	 * one does not return.
	 */
	private final Set<ClientConnection> unended = new HashSet<>();

	/** Those of them that are not lost. */
	private final Set<ClientConnection> open = new HashSet<>();

	/** Completes when the handler of the last connection has been notified of its end. */
	private CompletableFuture<?> lastEnded = CompletableFuture.completedFuture(null);

	/** Whether there are too many of these, until half of them have returned. */
	private boolean heldUp;

	/** Whether the next attempt begins at once, when there may be one. */
	private boolean hurry;

	/**
	 * When the next attempt may be made after a loss, also where others have succeeded
	 * since: a server may end each of several connections at once.
	 */
	private long notBeforeNanos;

	private @Nullable Future<?> wait;

	/** The number of the wait that has begun last. */
	private int waits;

	/**
	 * Creates what has a client connect.
	 * @param client the client
	 * @param owner is notified of what becomes of its connections
	 * @param pool its connections
	 * @param status is what it shows
	 * @param waited called with the number of a wait, and without the monitor, when that
	 * is over
	 * @param probe has {@link #probe} called, on the executor
	 */
	Reconnection(ClientContext client, ConnectionEvents owner, ConnectionPool pool, ClientStatus status,
			IntConsumer waited, Runnable probe) {
		this.client = client;
		this.pool = pool;
		this.status = status;
		this.waited = waited;
		this.addresses = new ClientAddresses(client.spec(), () -> ThreadLocalRandom.current().nextDouble());
		this.probing = new Probing(client, owner, this.addresses, pool, probe);
		this.notBeforeNanos = now();
	}

	private long now() {
		return this.client.engine().clock().getAsLong();
	}

	/**
	 * Other settings are in force: the wait that is under way ends, and another may
	 * begin, which is no longer.
	 * @param waits whether waits are others
	 */
	void reconfigure(boolean waits) {
		long now = now();
		this.client.counters().addresses(this.addresses.reconfigure(this.client.spec(), now));
		long other = now + this.addresses.delay(now);
		this.notBeforeNanos = (waits && other - this.notBeforeNanos < 0) ? other : this.notBeforeNanos;
		cancelWait();
	}

	/** The client has started: the first attempt is made at once. */
	void started() {
		this.addresses.started();
		this.heldUp = false;
		this.hurry = true;
		this.notBeforeNanos = now();
	}

	/**
	 * An operator wants the client to be connected: the next wait is the shortest again.
	 * @param now whether the next attempt begins at once
	 */
	void wanted(boolean now) {
		this.addresses.wanted();
		cancelWait();
		this.hurry = now;
		this.notBeforeNanos = now();
	}

	/** An operator does not want the client to be connected, or somebody stops it. */
	void unwanted() {
		this.hurry = false;
		this.probing.cancel();
		cancelWait();
	}

	private void cancelWait() {
		if (this.wait != null) {
			this.wait.cancel(false);
			this.wait = null;
		}
	}

	/**
	 * A wait is over.
	 * @param number its number
	 * @return {@code false} if somebody has ended it before
	 */
	boolean waited(int number) {
		if (this.wait == null || number != this.waits) {
			return false;
		}
		this.wait = null;
		this.hurry = true;
		return true;
	}

	/**
	 * Makes the next attempt, or begins to wait for it.
	 * @param run the run of the client
	 * @return the attempt, which is to begin; {@code null} if none is wanted, or it is
	 * later
	 */
	@Nullable ClientConnection attempt(ClientRun run) {
		if (this.wait != null || !this.pool.wantsMore()) {
			return null;
		}
		long now = now();
		long delay = this.hurry ? 0 : Math.max(this.addresses.delay(now), this.notBeforeNanos - now);
		if (delay > 0) {
			int number = ++this.waits;
			this.wait = this.client.engine()
				.timer()
				.schedule(() -> this.client.executor().execute(() -> this.waited.accept(number)), delay,
						TimeUnit.NANOSECONDS);
			return null;
		}
		if (lost() >= MOST_UNENDED) {
			if (!this.heldUp) {
				this.status.heldUp(MOST_UNENDED);
			}
			this.heldUp = true;
			return null;
		}
		this.hurry = false;
		CompletableFuture<?> before = this.pool.isSingle() ? this.lastEnded : CompletableFuture.completedFuture(null);
		ClientConnection attempt = this.probing.attempt(run, this.addresses.next(now), before);
		this.status.update();
		return attempt;
	}

	/**
	 * Tries addresses that are due while others serve.
	 * @param run the run of the client
	 * @return what is to be run without the monitor
	 */
	List<Runnable> probe(ClientRun run) {
		return this.probing.step(run);
	}

	List<AddressStatus> statuses() {
		return this.addresses.statuses(now());
	}

	/** A connection has been made. */
	void connected(ClientConnection connection) {
		this.unended.add(connection);
		this.open.add(connection);
		this.hurry = false;
		this.addresses.connected(connection.address(), connection, now());
	}

	/** A connection is lost. */
	void disconnected(ClientConnection connection, CloseReason reason) {
		long now = now();
		this.open.remove(connection);
		this.addresses.lost(connection.address(), connection, reason, connection.nextAddress(), now);
		if (reason != CloseReason.ROTATED) {
			// Another address may be due although one is waited for.
			cancelWait();
			this.notBeforeNanos = now + this.addresses.delay(now);
		}
	}

	/** A probe has led to a connection, unless it was given up meanwhile. */
	void kept(ClientConnection probe) {
		probe.count(AttemptOutcome.SUCCESS);
		this.probing.kept(probe);
	}

	/**
	 * An attempt or a probe has failed, or a connection that was kept is lost.
	 * @param outcome of the attempt; {@code null} if it is none
	 * @return whether it is the first attempt to fail since the last connection
	 */
	boolean failed(ClientConnection attempt, @Nullable AttemptOutcome outcome, Throwable cause) {
		if (outcome != null) {
			attempt.count(outcome);
		}
		if (this.probing.failed(attempt, cause)) {
			return false;
		}
		this.status.failed(cause);
		this.pool.cancelFailBack();
		return this.addresses.failed(attempt.address(), attempt.nextAddress(), cause, now());
	}

	/**
	 * A connection is not ready, and is closed.
	 * @return whether the failure before was another
	 */
	boolean notReady(ClientConnection connection, NotReadyException cause) {
		connection.count(AttemptOutcome.NOT_READY);
		this.addresses.notReady(connection.address(), connection, connection.nextAddress(), cause, now());
		this.pool.cancelFailBack();
		return this.status.notReady(cause);
	}

	/** An attempt or a probe was given up. */
	void cancelled(ClientConnection attempt) {
		if (!this.probing.cancelled(attempt)) {
			this.addresses.cancelled(attempt.address());
		}
	}

	/**
	 * The handler of a connection has been notified of the end.
	 * @return whether that was what the next attempt has waited for
	 */
	boolean ended(ClientConnection connection) {
		this.unended.remove(connection);
		this.open.remove(connection);
		boolean goesOn = this.heldUp && lost() <= MOST_UNENDED / 2;
		if (goesOn) {
			this.heldUp = false;
		}
		return goesOn;
	}

	/** Returns how many connections are lost and have handlers that do not know yet. */
	private int lost() {
		return this.unended.size() - this.open.size();
	}

	/** What connects now follows a connection, also after attempts that have failed. */
	void follows(ClientConnection last) {
		this.lastEnded = last.ended();
	}

	/** Returns the connections that have not ended, and forgets them. */
	List<ClientConnection> takeUnended() {
		this.lastEnded = CompletableFuture.completedFuture(null);
		List<ClientConnection> left = List.copyOf(this.unended);
		this.unended.clear();
		this.open.clear();
		return left;
	}

	/** Completes when the handlers of all connections have been notified of the end. */
	CompletableFuture<?> allEnded() {
		return CompletableFuture
			.allOf(this.unended.stream().map(ClientConnection::ended).toArray(CompletableFuture[]::new));
	}

}
