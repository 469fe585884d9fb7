package dev.socketserver.repl.terminal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.repl.evaluate.RunningEvaluation;
import org.jspecify.annotations.Nullable;

/**
 * What a peer has typed and the console has not taken yet. The thread that reads adds
 * lines, and the thread that evaluates takes them. Guarded by its monitor.
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
	public synchronized void known() {
		this.known = true;
		notifyAll();
	}

	/**
	 * Adds a line. As long as the peer may not use the console, this waits for room.
	 * @return whether there was room for it
	 */
	public synchronized boolean line(String text) throws InterruptedException {
		while (!this.known && !this.ended && this.ahead > MAX_UNKNOWN) {
			wait();
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

	public synchronized void tooLong() {
		Input last = this.waiting.peekLast();
		if (last == null || last.kind() != Kind.TOO_LONG) {
			add(TOO_LONG);
		}
	}

	/**
	 * Drops what waits, since a peer that interrupts wants none of it, and interrupts the
	 * evaluation of what was taken. If there is none, the interrupt itself is added, to
	 * be taken.
	 */
	public synchronized void interrupt(RunningEvaluation running) {
		this.waiting.clear();
		this.ahead = 0;
		if (!running.interrupt()) {
			add(INTERRUPT);
		}
	}

	/** Ends the input. What waits can still be taken, unless the connection is lost. */
	public synchronized void end(boolean lost) {
		this.ended = true;
		if (lost) {
			this.lost = true;
			this.waiting.clear();
		}
		notifyAll();
	}

	/** Adds what was typed, unless the input has ended. */
	private void add(Input input) {
		if (!this.ended) {
			this.waiting.add(input);
			notifyAll();
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

	private synchronized @Nullable Input take(@Nullable Duration timeout, @Nullable RunningEvaluation running)
			throws InterruptedException {
		long due = System.nanoTime() + ((timeout != null) ? timeout.toNanos() : 0);
		while (this.waiting.isEmpty() && !this.ended) {
			if (timeout == null) {
				wait();
			}
			else if (!waitUntil(due)) {
				return null;
			}
		}
		Input first = this.waiting.poll();
		if (first == null) {
			return END;
		}
		if (first.kind() == Kind.LINE) {
			this.ahead -= size(first.text());
			notifyAll();
			if (running != null) {
				running.begin();
			}
		}
		return first;
	}

	private static int size(String line) {
		return line.length() + LINE;
	}

	/**
	 * Waits, unless the connection is lost.
	 * @param time how long
	 * @return whether the peer is still there
	 */
	public synchronized boolean pause(Duration time) throws InterruptedException {
		long due = System.nanoTime() + time.toNanos();
		boolean waits = true;
		while (waits && !this.lost) {
			waits = waitUntil(due);
		}
		return !this.lost;
	}

	/** Waits for a change, and returns whether there was time to wait. */
	private boolean waitUntil(long due) throws InterruptedException {
		long left = due - System.nanoTime();
		TimeUnit.NANOSECONDS.timedWait(this, left);
		return left > 0;
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
