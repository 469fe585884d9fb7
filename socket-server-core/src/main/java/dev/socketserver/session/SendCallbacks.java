package dev.socketserver.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The callbacks of a session's sends: they run on its lane, and the session's end is told
 * behind them. Made with the first of them. Any thread adds; the rest happens on the
 * lane.
 */
final class SendCallbacks {

	private static final VarHandle PENDING;

	static {
		try {
			PENDING = MethodHandles.lookup().findVarHandle(SendCallbacks.class, "pending", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Session session;

	private final Driver driver;

	/** How many are still to run; counted down on the lane. */
	private volatile int pending;

	/** What waits for them, if something does. On the lane. */
	private @Nullable Runnable behind;

	SendCallbacks(Session session, Driver driver) {
		this.session = session;
		this.driver = driver;
	}

	/**
	 * Adds a callback, before its send can come to anything: an end that is told from now
	 * on is told behind it.
	 * @param callback is told the outcome
	 * @return tells it, or else {@link #dropped} is to be called
	 */
	Completion add(Consumer<@Nullable Throwable> callback) {
		// Made first: if that fails, there is none to wait for.
		Callback added = new Callback(callback);
		PENDING.getAndAdd(this, 1);
		return added;
	}

	/** The send of one that was added has thrown: there is nothing to tell. */
	void dropped() {
		this.driver.callback(this::over);
	}

	/**
	 * Lets callbacks run before something. On the lane.
	 * @param then is called on the lane when they have run, unless this returns
	 * {@code false}
	 * @return {@code false} if there are none
	 */
	boolean await(Runnable then) {
		if (this.pending == 0) {
			return false;
		}
		this.behind = then;
		return true;
	}

	private void over() {
		Runnable then = this.behind;
		if ((int) PENDING.getAndAdd(this, -1) == 1 && then != null) {
			this.behind = null;
			then.run();
		}
	}

	/** Told the outcome of a send, tells the application, on the lane. */
	private final class Callback implements Completion, Runnable {

		private final Consumer<@Nullable Throwable> callback;

		private @Nullable Exception failure;

		Callback(Consumer<@Nullable Throwable> callback) {
			this.callback = callback;
		}

		@Override
		public void completed(@Nullable Exception failure) {
			this.failure = failure;
			SendCallbacks.this.driver.callback(this);
		}

		@Override
		public void run() {
			try {
				this.callback.accept(this.failure);
			}
			catch (Throwable ex) {
				SendCallbacks.this.session.handlerFailed("the callback of a send", ex);
			}
			finally {
				over();
			}
		}

	}

}
