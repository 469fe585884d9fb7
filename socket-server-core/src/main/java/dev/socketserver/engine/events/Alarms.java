package dev.socketserver.engine.events;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.engine.log.NanoTime;

/**
 * Passes the alarms of one server on to its listener, one after the other, and never on
 * the thread that raises them, which may be an event loop; and so its bans.
 * {@link Threshold} and {@link Flood} decide when to raise an alarm. Guarded by its own
 * monitor.
 */
public final class Alarms {

	private final Consumer<Alarm> listener;

	private final Executor background;

	private final LongSupplier nanoTime;

	/** Completes when all alarms that were raised have been passed on. */
	private CompletableFuture<?> notified = CompletableFuture.completedFuture(null);

	/**
	 * Creates a notifier.
	 * @param listener is notified; what it throws is lost
	 * @param background runs it, be it later where it rejects it for want of a thread
	 */
	public Alarms(Consumer<Alarm> listener, Executor background) {
		this(listener, background, NanoTime.SYSTEM);
	}

	/**
	 * Creates a notifier that has the time from elsewhere.
	 * @param listener is notified; what it throws is lost
	 * @param background runs it
	 * @param nanoTime the time, as {@link System#nanoTime()} has it
	 */
	Alarms(Consumer<Alarm> listener, Executor background, LongSupplier nanoTime) {
		this.listener = listener;
		this.background = background;
		this.nanoTime = nanoTime;
	}

	/**
	 * Passes an alarm on after those that were raised before, and returns at once.
	 * @param alarm the alarm
	 */
	public void raise(Alarm alarm) {
		later(() -> this.listener.accept(alarm));
	}

	/**
	 * Notifies of something else after all that was notified of before, and returns at
	 * once.
	 * @param notification is run; what it throws is lost
	 */
	public synchronized void later(Runnable notification) {
		this.notified = this.notified.handleAsync((before, failure) -> {
			notification.run();
			return null;
		}, this::inBackground);
	}

	private void inBackground(Runnable notification) {
		try {
			this.background.execute(notification);
		}
		catch (RejectedExecutionException ex) {
			// Thrown on, it would have this alarm taken for passed on.
		}
	}

	/**
	 * Makes a threshold that a figure should not reach.
	 * @param kind what kind of thing reaching it is
	 * @param figure the figure; 0 for none
	 * @return the threshold
	 */
	public Threshold threshold(Alarm.Kind kind, long figure) {
		return new Threshold(kind, figure);
	}

	/**
	 * Makes a count of things that should not occur in number.
	 * @param kind what kind of thing many of them are
	 * @param many how many within a minute are many
	 * @return the count
	 */
	public Flood flood(Alarm.Kind kind, int many) {
		return new Flood(kind, many);
	}

	/**
	 * Alarms when a figure reaches a threshold, and again only after it has been below
	 * three quarters of it. Safe for use by several threads.
	 */
	public final class Threshold {

		private final Alarm.Kind kind;

		private final long threshold;

		private final AtomicBoolean reached = new AtomicBoolean();

		private Threshold(Alarm.Kind kind, long threshold) {
			this.kind = kind;
			this.threshold = threshold;
		}

		/**
		 * Checks the figure as it is now.
		 * @param figure the figure
		 * @return whether that is to be said, once for each time it is reached
		 */
		public boolean isReachedBy(long figure) {
			if (this.threshold <= 0) {
				return false;
			}
			if (figure >= this.threshold) {
				return !this.reached.get() && this.reached.compareAndSet(false, true);
			}
			if (this.reached.get() && figure * 4 < this.threshold * 3) {
				this.reached.set(false);
			}
			return false;
		}

		/**
		 * Says that it is reached.
		 * @param detail what to say of it
		 */
		public void raise(String detail) {
			Alarms.this.raise(new Alarm(this.kind, detail, null));
		}

	}

	/**
	 * Alarms when many things happen within a minute, and then not again for ten minutes,
	 * however many there are. Safe for use by several threads.
	 */
	public final class Flood {

		/** How long things are counted together. */
		public static final long WINDOW_SECONDS = 60;

		/** How long nothing is said after an alarm. */
		public static final long QUIET_SECONDS = 600;

		private final Alarm.Kind kind;

		private final int many;

		private long since;

		private long counted;

		private boolean quiet;

		private Flood(Alarm.Kind kind, int many) {
			this.kind = kind;
			this.many = many;
			this.since = Alarms.this.nanoTime.getAsLong();
		}

		/**
		 * One more has happened.
		 * @param detail what to say of many of them, asked for only if it is to be said
		 */
		public void count(Supplier<String> detail) {
			if (isFlood()) {
				raise(new Alarm(this.kind, detail.get(), null));
			}
		}

		private synchronized boolean isFlood() {
			long now = Alarms.this.nanoTime.getAsLong();
			long length = this.quiet ? QUIET_SECONDS : WINDOW_SECONDS;
			if (now - this.since >= TimeUnit.SECONDS.toNanos(length)) {
				this.quiet = false;
				this.since = now;
				this.counted = 0;
			}
			if (this.quiet || ++this.counted < this.many) {
				return false;
			}
			this.quiet = true;
			this.since = now;
			return true;
		}

	}

}
