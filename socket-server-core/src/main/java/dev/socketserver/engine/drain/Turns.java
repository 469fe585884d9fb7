package dev.socketserver.engine.drain;

import java.time.Duration;
import java.util.Collection;
import java.util.Random;
import java.util.function.Consumer;

import dev.socketserver.spec.DrainPlan.Order;
import org.jspecify.annotations.Nullable;

/**
 * Ends sessions one after the other, evenly over a time. Each has one turn, in which it
 * is asked to end; no thread waits for its end, so that a slow one delays none of the
 * others. Sessions that have ended by themselves have no turn. Safe for use by several
 * threads; listeners are notified on a thread of the timer, without a lock.
 *
 * @param <S> the type of the sessions
 */
public final class Turns<S extends Drainable> {

	private final TurnTimer timer;

	private final Consumer<S> turn;

	// Guarded by this.

	private final Picker<S> picker;

	private final TurnSchedule schedule;

	private TurnsState state = TurnsState.NEW;

	/** When the next turn may be. */
	private long next;

	private @Nullable Runnable cancelNext;

	/**
	 * Creates turns.
	 * @param sessions the sessions
	 * @param count how many of them are to end in that time
	 * @param over the time over which they are ended
	 * @param order which of them are first
	 * @param timer says when it is whose turn
	 * @param turn asks a session to end; it does not wait, nor throw
	 */
	public Turns(Collection<? extends S> sessions, int count, Duration over, Order order, TurnTimer timer,
			Consumer<S> turn) {
		this.timer = timer;
		this.turn = turn;
		this.picker = new Picker<>(order, sessions, new Random());
		this.next = timer.now();
		this.schedule = new TurnSchedule(count, over, this.next);
	}

	/** Begins with the first turn, which is now. */
	public synchronized void begin() {
		if (this.state == TurnsState.NEW) {
			run();
		}
	}

	/**
	 * Adds a session that has opened later. It has its turn after all others, or where
	 * the order puts it.
	 * @param session the session
	 */
	public synchronized void add(S session) {
		if (this.state == TurnsState.CANCELLED) {
			return;
		}
		this.picker.add(session);
		if (this.state == TurnsState.DONE) {
			run();
		}
	}

	/**
	 * Returns how many turns there are in a second, as planned.
	 * @return the number, infinite if all are at once
	 */
	public double perSecond() {
		return this.schedule.perSecond();
	}

	/** Gives no further turn. One that has begun may still be under way. */
	public synchronized void cancel() {
		this.state = TurnsState.CANCELLED;
		if (this.cancelNext != null) {
			this.cancelNext.run();
			this.cancelNext = null;
		}
	}

	/** How far it is. */
	synchronized TurnsState state() {
		return this.state;
	}

	/** With the monitor. */
	private void run() {
		this.state = TurnsState.RUNNING;
		this.cancelNext = this.timer.at(this.next, this::giveTurn);
	}

	private void giveTurn() {
		S session;
		synchronized (this) {
			if (this.state != TurnsState.RUNNING) {
				return;
			}
			session = this.picker.next();
			if (session != null) {
				this.next = this.schedule.next(this.timer.now());
				run();
			}
			else {
				this.state = TurnsState.DONE;
			}
		}
		if (session != null) {
			this.turn.accept(session);
		}
	}

}
