package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Drives a handler of messages: everything that happens to the session becomes a task on
 * its lane, and all fields but {@link #stalled} are confined to it.
 * <p>
 * A frame is handled when the replies before it have found room in the outbox; else it
 * and those behind it are held, without occupying a thread, until there is room.
 */
final class MessageDriver implements Driver, Lane.Owner {

	/** How long a reply may wait for others to leave with it. */
	private static final long GATHERING_NANOS = 100_000;

	private final Session session;

	private final ServerHandler.Messages handlers;

	private final ServerSpec spec;

	private final Inbox inbox;

	private final Outbox outbox;

	private final Lane lane;

	/** Made on the lane, because making it may be user code; absent if that failed. */
	private @Nullable SessionHandler handler;

	/** Batches held, the oldest first; absent while there are none. */
	private @Nullable ArrayDeque<Frames> held;

	/** How the session is to end when nothing is held any more. */
	private @Nullable CloseStatus ending;

	/** Waiting for room in the outbox. */
	private boolean waiting;

	/**
	 * On the loop: when the replies gathered began to wait for a flush, or 0 if none do.
	 */
	private long gatheringSince;

	private volatile boolean stalled;

	MessageDriver(Session session, ServerHandler.Messages handlers, ServerSpec spec, Inbox inbox, Outbox outbox,
			LaneScheduler scheduler) {
		this.session = session;
		this.handlers = handlers;
		this.spec = spec;
		this.inbox = inbox;
		this.outbox = outbox;
		this.lane = new Lane(scheduler, this);
	}

	@Override
	public void open() {
		this.lane.submit(this::opened);
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		this.lane.submit(new Frames(payloads, count, bytes));
	}

	@Override
	public void inputEnded(CloseStatus status) {
		this.lane.submit(() -> {
			this.ending = status;
			endIfDone();
		});
	}

	@Override
	public void disconnected() {
		this.lane.submit(this::closed);
	}

	@Override
	public void stop() {
		this.lane.submit(() -> this.session.close(CloseStatus.of(CloseReason.SERVER_STOPPED)));
	}

	@Override
	public void callback(Runnable task) {
		this.lane.submit(task);
	}

	@Override
	public boolean flushesLater() {
		// A handler that runs elsewhere may send and then take its time, or wait for the
		// outcome.
		return Thread.currentThread() instanceof IoThread && this.lane.runsHere();
	}

	@Override
	public boolean runsHere() {
		return this.lane.runsHere();
	}

	@Override
	public boolean stalled() {
		return this.stalled;
	}

	private void opened() {
		this.session.begun();
		try {
			SessionHandler made = Objects.requireNonNull(this.handlers.sessions().apply(this.spec),
					"There is no handler for the session");
			this.handler = made;
			made.opened(this.session);
		}
		catch (Throwable ex) {
			this.session.handlerFailed("opened", ex);
		}
	}

	@Override
	public void batchEnded() {
		if (flushesLater()) {
			flush();
		}
	}

	@Override
	public void refused() {
		this.session.executorRefused();
	}

	private void flush() {
		this.gatheringSince = 0;
		this.outbox.flush();
	}

	/**
	 * Called between two frames on the loop, where flushing is writing: fast replies
	 * leave together, slow ones do not wait for each other. Elsewhere the loop sees to
	 * that.
	 */
	private void flushIfSlow() {
		long now = System.nanoTime();
		if (this.gatheringSince == 0) {
			this.gatheringSince = now;
		}
		else if (now - this.gatheringSince > GATHERING_NANOS) {
			flush();
		}
	}

	private void handle(Frames frames) {
		if (this.held != null) {
			this.held.add(frames);
		}
		else if (!frames.handle()) {
			this.held = new ArrayDeque<>();
			this.held.add(frames);
		}
	}

	/** Handles what is held, as far as it goes. */
	private void release() {
		ArrayDeque<Frames> batches = this.held;
		while (batches != null && !batches.isEmpty()) {
			if (!batches.peek().handle()) {
				endIfDone();
				return;
			}
			batches.remove();
		}
		this.held = null;
		endIfDone();
	}

	private void endIfDone() {
		CloseStatus status = this.ending;
		// A stalled handler will never take what is held.
		if (status != null && (this.held == null || this.stalled)) {
			this.session.close(status);
		}
	}

	private void closed() {
		CloseStatus status = this.session.disconnectedStatus();
		if (status != null) {
			// The peer left, the session did not close it: what arrived before is still
			// handled.
			release();
		}
		this.held = null;
		this.session.end(status);
		SessionHandler told = this.handler;
		if (told != null) {
			try {
				told.closed(this.session, this.session.endStatus());
			}
			catch (Throwable ex) {
				this.session.handlerFailed("closed", ex);
			}
		}
		this.session.finished();
	}

	private boolean mustHold() {
		if (this.stalled || this.waiting) {
			return true;
		}
		if (this.outbox.congested()) {
			// On the loop nothing has been flushed yet.
			flush();
			this.waiting = this.outbox.awaitRoom(() -> this.lane.submit(() -> {
				this.waiting = false;
				release();
			}));
		}
		return this.waiting;
	}

	/** Frames of one read. */
	private final class Frames extends Lane.Task {

		private final Object payloads;

		private final int count;

		private final int bytes;

		private int handled;

		Frames(Object payloads, int count, int bytes) {
			this.payloads = payloads;
			this.count = count;
			this.bytes = bytes;
		}

		@Override
		void run() {
			MessageDriver.this.handle(this);
		}

		/** Handles what is not handled yet; returns whether that was all of it. */
		boolean handle() {
			MessageDriver driver = MessageDriver.this;
			boolean onLoop = Thread.currentThread() instanceof IoThread;
			while (this.handled < this.count && !driver.session.closing()) {
				if (driver.mustHold()) {
					return false;
				}
				if (onLoop) {
					driver.flushIfSlow();
				}
				driver.handle(next());
			}
			if (driver.inbox.taken(this.count, this.bytes)) {
				driver.session.resumeInput();
			}
			return true;
		}

		private Object next() {
			Object payload = this.payloads;
			if (payload instanceof Object[] several) {
				payload = several[this.handled];
			}
			this.handled++;
			return payload;
		}

	}

	private void handle(Object payload) {
		SessionHandler called = this.handler;
		if (called == null) {
			return;
		}
		try {
			Object reply = called.received(payload, this.session);
			if (reply != null) {
				this.session.reply(reply);
			}
			if (called.stalled()) {
				this.stalled = true;
				this.session.handlerStalled();
			}
		}
		catch (Throwable ex) {
			this.session.handlerFailed("received", ex);
		}
	}

}
