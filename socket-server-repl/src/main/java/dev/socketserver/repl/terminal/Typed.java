package dev.socketserver.repl.terminal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.repl.evaluate.RunningEvaluation;
import org.jspecify.annotations.Nullable;

/**
 * What a peer has typed and the console has not taken yet. The thread that reads adds
 * lines, and the thread that evaluates takes them. Guarded by a lock: up to Java 23, a
 * virtual thread that waits with a monitor keeps its carrier.
 */
public final class Typed {

	/** How much may be typed ahead, in characters, while something is evaluated. */
	public static final int MAX_AHEAD = 1024 * 1024;

	/**
	 * How much is read from a peer that has not given the password yet, in characters.
	 */
	static final int MAX_UNKNOWN = 8 * 1024;

	/**
	 * What a line counts for besides its characters: a million empty ones cost memory,
	 * too.
	 */
	private static final int LINE = 64;

	private static final Input INTERRUPT = new Input(Kind.INTERRUPT, "");

	private static final Input TOO_LONG = new Input(Kind.TOO_LONG, "");

	private static final Input END = new Input(Kind.END, "");

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<Input> waiting = new ArrayDeque<>();

	/**
	 * Whether the peer may use the console. From others little is read, so that they cost
	 * little.
	 */
	private boolean known;

	private int ahead;

	private boolean ended;

	private boolean lost;

	/**
	 * Called when the peer may use the console: what it types is read before it is taken.
	 */
	public void known() {
		this.lock.lock();
		try {
			this.known = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Adds a line. As long as the peer may not use the console, this waits for room.
	 * @return whether there was room for it
	 */
	public boolean line(String text) throws InterruptedException {
		this.lock.lock();
		try {
			while (!this.known && !this.ended && this.ahead > MAX_UNKNOWN) {
				this.changed.await();
			}
			if (this.ended) {
				return true;
			}
			if (this.ahead + size(text) > MAX_AHEAD) {
				return false;
			}
			this.ahead += size(text);
			add(new Input(Kind.LINE, text));
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	public void tooLong() {
		this.lock.lock();
		try {
			Input last = this.waiting.peekLast();
			if (last == null || last.kind() != Kind.TOO_LONG) {
				add(TOO_LONG);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Drops what waits, since a peer that interrupts wants none of it, and interrupts the
	 * evaluation of what was taken. If there is none, the interrupt itself is added, to
	 * be taken.
	 */
	public void interrupt(RunningEvaluation running) {
		this.lock.lock();
		try {
			this.waiting.clear();
			this.ahead = 0;
			if (!running.interrupt()) {
				add(INTERRUPT);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends the input. What waits can still be taken, unless the connection is lost. */
	public void end(boolean lost) {
		this.lock.lock();
		try {
			this.ended = true;
			if (lost) {
				this.lost = true;
				this.waiting.clear();
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Adds what was typed, unless the input has ended. */
	private void add(Input input) {
		if (!this.ended) {
			this.waiting.add(input);
			this.changed.signalAll();
		}
	}

	/** Waits for what was typed next, and takes it. */
	public Input take() throws InterruptedException {
		return Objects.requireNonNullElse(take(null, null), END);
	}

	/**
	 * Waits for what was typed next, and takes it.
	 * @param running begins when a line is taken, so that an interrupt hits either the
	 * line while it waits, or its evaluation
	 */
	public Input take(RunningEvaluation running) throws InterruptedException {
		return Objects.requireNonNullElse(take(null, running), END);
	}

	/**
	 * Waits for what was typed next, but not for ever, and takes it.
	 * @param timeout how long to wait
	 * @return what was typed, or {@code null} if nothing was
	 */
	public @Nullable Input take(Duration timeout) throws InterruptedException {
		return take(timeout, null);
	}

	private @Nullable Input take(@Nullable Duration timeout, @Nullable RunningEvaluation running)
			throws InterruptedException {
		long left = (timeout != null) ? timeout.toNanos() : 0;
		this.lock.lock();
		try {
			while (this.waiting.isEmpty() && !this.ended) {
				if (timeout == null) {
					this.changed.await();
				}
				else if (left <= 0) {
					return null;
				}
				else {
					left = this.changed.awaitNanos(left);
				}
			}
			Input first = this.waiting.poll();
			if (first == null) {
				return END;
			}
			if (first.kind() == Kind.LINE) {
				this.ahead -= size(first.text());
				this.changed.signalAll();
				if (running != null) {
					running.begin();
				}
			}
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static int size(String line) {
		return line.length() + LINE;
	}

	/**
	 * Waits, unless the connection is lost.
	 * @param time how long
	 * @return whether the peer is still there
	 */
	public boolean pause(Duration time) throws InterruptedException {
		long left = time.toNanos();
		this.lock.lock();
		try {
			while (left > 0 && !this.lost) {
				left = this.changed.awaitNanos(left);
			}
			return !this.lost;
		}
		finally {
			this.lock.unlock();
		}
	}

	public enum Kind {

		LINE, TOO_LONG, INTERRUPT, END

	}

	/**
	 * Something typed.
	 *
	 * @param kind what it is
	 * @param text the line, if it is one
	 */
	public record Input(Kind kind, String text) {

	}

}
