package dev.socketserver.netty.connect;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.client.ConnectFailure;
import dev.socketserver.engine.connect.ClientConnection;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.operator.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What has become of an attempt, within its time, and what it has connected. The first
 * outcome counts. Any thread.
 *
 * <pre>
 *   UNDER_WAY ──connected──▶ CONNECTED
 *       ├──failed──▶ FAILED
 *       ├──the time is over──▶ LATE
 *       ├──given up──▶ CANCELLED
 *       └──a probe is connected──▶ KEPT ──is wanted──▶ CONNECTED
 *                                    ├──lost──▶ FAILED
 *                                    └──given up──▶ CANCELLED
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class AttemptState {

	private final ClientConnection connection;

	private final NettyConnector connector;

	private final Consumer<@Nullable Channel> settled;

	private final Duration most;

	private final long deadline;

	private final Deadline end = new Deadline();

	/** Guarded by this. */
	private State state = State.UNDER_WAY;

	private volatile @Nullable Channel connected;

	/** Of a probe. */
	private volatile @Nullable Runnable opening;

	/**
	 * Creates the state of an attempt, whose time begins.
	 * @param connection is notified of what becomes of it
	 * @param connector has what the client's connections share
	 * @param settled closes what has connected, but the channel it is given, if any
	 */
	AttemptState(ClientConnection connection, NettyConnector connector, Consumer<@Nullable Channel> settled) {
		this.connection = connection;
		this.connector = connector;
		this.settled = settled;
		this.most = connector.spec().connectTimeout();
		this.deadline = System.nanoTime() + this.most.toNanos();
	}

	/**
	 * Has it fail when its time is over.
	 * @param awaited says what it waits for then
	 */
	void limit(Supplier<String> awaited) {
		this.end.begin(this.connector.client().engine().timer(), left(), this.most.toNanos(),
				() -> failed(ConnectFailure.TIMEOUT, new ConnectTimeoutException(
						"not connected within " + this.most.toMillis() + " ms: it was waiting for " + awaited.get())));
	}

	/** Returns how much time is left, in nanoseconds. */
	long left() {
		return Math.max(0, this.deadline - System.nanoTime());
	}

	/**
	 * It is connected, and secured if it is to be. On its loop.
	 * @param opening opens the session: now, or once a probe is used
	 * @return whether it does not arrive too late
	 */
	boolean connected(Channel channel, Runnable opening) {
		boolean probe = this.connection.isProbe();
		synchronized (this) {
			if (!change(State.UNDER_WAY, probe ? State.KEPT : State.CONNECTED)) {
				return false;
			}
			// At once, since whoever gives it up from now on closes it.
			this.connected = channel;
			this.opening = probe ? opening : null;
		}
		over(channel);
		if (probe) {
			this.connection.kept();
		}
		else {
			opening.run();
		}
		return true;
	}

	/** Opens the session of what was kept, unless that is lost. */
	void use() {
		Runnable open = Objects.requireNonNull(this.opening, "It is not connected yet");
		execute(() -> {
			if (change(State.KEPT, State.CONNECTED)) {
				open.run();
			}
		});
	}

	/** What was kept is lost. On its loop. */
	void lost(Throwable cause) {
		if (change(State.KEPT, State.FAILED)) {
			this.connection.keptLost(cause);
		}
	}

	/** The attempt has failed, unless its outcome is settled. */
	void failed(ConnectFailure reason, Throwable cause) {
		if (settle((reason == ConnectFailure.TIMEOUT) ? State.LATE : State.FAILED)) {
			this.connection.failed(reason, cause);
		}
	}

	/** Gives it up; returns whether it was still under way, or kept. */
	boolean cancel() {
		if (settle(State.CANCELLED)) {
			this.connector.client().counters().count(Counter.CANCELLED);
		}
		else if (change(State.KEPT, State.CANCELLED)) {
			Objects.requireNonNull(this.connected).close();
		}
		else {
			return false;
		}
		this.connection.cancelled();
		return true;
	}

	private boolean settle(State outcome) {
		boolean first = change(State.UNDER_WAY, outcome);
		if (first) {
			over(null);
		}
		return first;
	}

	private void over(@Nullable Channel stays) {
		this.end.cancel();
		this.settled.accept(stays);
	}

	private synchronized boolean change(State from, State to) {
		if (this.state != from) {
			return false;
		}
		this.state = to;
		return true;
	}

	/** Whether it has led to a session, has failed or was given up. */
	synchronized boolean isSettled() {
		return this.state != State.UNDER_WAY && this.state != State.KEPT;
	}

	/** Whether it has taken too long. */
	synchronized boolean isLate() {
		return this.state == State.LATE;
	}

	/**
	 * Runs a task on the loop of its connection: now if this is the loop, else soon;
	 * never, if the loop is gone.
	 * @throws IllegalStateException if there is no connection yet
	 */
	void execute(Runnable task) {
		Channel channel = this.connected;
		if (channel == null) {
			throw new IllegalStateException("There is no connection yet");
		}
		EventLoop loop = channel.eventLoop();
		if (loop.inEventLoop()) {
			task.run();
		}
		else {
			Sockets.onLoop(loop, task);
		}
	}

	private enum State {

		UNDER_WAY,

		CONNECTED,

		/** It has led to a connection that has no session. */
		KEPT,

		FAILED,

		LATE,

		CANCELLED

	}

}
