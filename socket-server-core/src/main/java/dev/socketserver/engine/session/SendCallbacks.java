package dev.socketserver.engine.session;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

import dev.socketserver.engine.handlers.CallFailure;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.output.Completion;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks that the application has given with its sends in one session. They run on
 * the lane, and the handler is notified of the end after them. Made with the first one.
 * Any thread may add one; the rest happens on the lane.
 */
final class SendCallbacks {

	private static final AtomicIntegerFieldUpdater<SendCallbacks> PENDING = AtomicIntegerFieldUpdater
		.newUpdater(SendCallbacks.class, "pending");

	private final InvokedSession session;

	private final Invoker invoker;

	/** How many are still to run; counted down on the lane. */
	private volatile int pending;

	/** What is to run after them, if something is. On the lane. */
	private @Nullable Runnable next;

	public SendCallbacks(InvokedSession session, Invoker invoker) {
		this.session = session;
		this.invoker = invoker;
	}

	/**
	 * Adds a callback, before its payload is sent: an end of the session that is
	 * announced from now on is announced after it.
	 * @param callback is notified of the outcome
	 * @return notifies it, or else {@link #dropped} is to be called
	 */
	public Completion add(Consumer<@Nullable Throwable> callback) {
		// Made before it is counted: if that fails, no thread waits for it.
		Callback added = new Callback(callback);
		PENDING.incrementAndGet(this);
		return added;
	}

	/** The send of a callback that was added has thrown: it will not be called. */
	public void dropped() {
		this.invoker.callback(this::over);
	}

	/**
	 * Waits for the callbacks, without blocking. On the lane.
	 * @param then is called on the lane when they have run, unless this returns
	 * {@code false}
	 * @return {@code false} if there are none
	 */
	public boolean await(Runnable then) {
		if (this.pending == 0) {
			return false;
		}
		this.next = then;
		return true;
	}

	private void over() {
		Runnable then = this.next;
		if (PENDING.decrementAndGet(this) == 0 && then != null) {
			this.next = null;
			then.run();
		}
	}

	/** Is notified of the outcome of a send, and notifies the application on the lane. */
	private final class Callback implements Completion, Runnable {

		private final Consumer<@Nullable Throwable> callback;

		private @Nullable Exception failure;

		Callback(Consumer<@Nullable Throwable> callback) {
			this.callback = callback;
		}

		@Override
		public void completed(@Nullable Exception failure) {
			this.failure = failure;
			SendCallbacks.this.invoker.callback(this);
		}

		@Override
		public void run() {
			try {
				this.callback.accept(this.failure);
			}
			catch (Throwable ex) {
				new CallFailure(SendCallbacks.this.session, ex).ofHandler("the callback of a send");
			}
			finally {
				over();
			}
		}

	}

}
