package dev.socketserver.engine.handlers;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.WaitingFrame;
import dev.socketserver.engine.state.SessionEnd;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one session that its handler prepares when they arrive, several at a time,
 * and handles in their order, each when it is prepared. They count as waiting until they
 * are handled. Where frames may be dropped, those are that are not being prepared yet.
 * <p>
 * When the session is to end in its turn, what is being prepared is still awaited and
 * handled, and all else is dropped. On the lane, unless stated otherwise.
 */
final class PreparedFrames implements WaitingFrames, Executor {

	/** So many of them are handled before anything else is done. */
	private static final int MOST_IN_ONE_GO = 64;

	private final MessageInvoker invoker;

	/** How many are prepared at a time. */
	private final int ahead;

	/** What has arrived, if it may be dropped. */
	private final @Nullable FrameQueue droppable;

	/** What has arrived otherwise. */
	private final ArrayDeque<WaitingFrame> arrived = new ArrayDeque<>();

	/** What is being prepared or waits for its turn, the oldest first. */
	private final ArrayDeque<PreparedFrame> begun = new ArrayDeque<>();

	/** How many of these there are, for other threads. */
	private volatile int begunCount;

	/** The lane is to go on with what has been prepared. */
	private final AtomicBoolean announced = new AtomicBoolean();

	/** What has been handled or dropped in this go. */
	private int taken;

	private int takenBytes;

	PreparedFrames(MessageInvoker invoker, Bounds<InboundOverflow> bounds, int ahead) {
		this.invoker = invoker;
		this.ahead = ahead;
		this.droppable = bounds.overflow().drops() ? new FrameQueue(bounds, invoker.session().state()) : null;
	}

	private SessionEnd end() {
		return this.invoker.session().end();
	}

	@Override
	public void add(Object payloads, int count, int bytes) {
		if (this.droppable == null) {
			execute(() -> {
				WaitingFrame.each(payloads, count, bytes, this.arrived::add);
				this.invoker.proceed();
			});
			return;
		}
		this.invoker.session().input().dropped(this.droppable.add(payloads, bytes));
		if (this.droppable.mustAnnounce()) {
			this.invoker.checkAgain();
		}
	}

	/** Runs a task on the lane. Any thread. */
	@Override
	public void execute(Runnable task) {
		this.invoker.lane().submit(task);
	}

	@Override
	public int size() {
		return (this.droppable != null) ? this.droppable.size() + this.begunCount
				: this.invoker.session().input().room().frames();
	}

	@Override
	public boolean handle() {
		CallRound round = new CallRound(this.invoker.calls());
		boolean all = handle(round);
		round.end();
		this.begunCount = this.begun.size();
		int count = this.taken;
		int bytes = this.takenBytes;
		this.taken = 0;
		this.takenBytes = 0;
		if (count > 0) {
			if (this.droppable != null) {
				this.droppable.handled(count, bytes);
			}
			else {
				this.invoker.taken(count, bytes);
			}
		}
		return all;
	}

	private boolean handle(CallRound round) {
		for (int calls = 0;; calls++) {
			begin();
			PreparedFrame next = this.begun.peek();
			if (next == null) {
				return this.arrived.isEmpty() && (this.droppable == null || this.droppable.size() == 0);
			}
			if (!next.isDone() || this.invoker.mustHold()) {
				return false;
			}
			if (calls == MOST_IN_ONE_GO) {
				announce();
				return false;
			}
			this.begun.remove();
			taken(next);
			round.handle(next, this.invoker.later());
		}
	}

	/** Has the handler prepare as much as it may. */
	private void begin() {
		if (!end().handlesMore()) {
			int dropped = discardArrived() + (end().handlesBegun() ? 0 : discardBegun());
			this.invoker.session().state().countInboundDiscarded(dropped);
			return;
		}
		boolean paused = this.invoker.session().input().readsPaused() && !this.invoker.isDisconnected();
		while (!paused && this.begun.size() < this.ahead) {
			PreparedFrame next = poll();
			if (next == null) {
				return;
			}
			this.begun.add(next);
			prepare(next);
		}
	}

	private @Nullable PreparedFrame poll() {
		WaitingFrame frame = (this.droppable != null) ? this.droppable.take() : this.arrived.poll();
		return (frame != null) ? new PreparedFrame(frame.payload(), frame.bytes()) : null;
	}

	private void prepare(PreparedFrame frame) {
		try {
			frame.await(this.invoker.calls().prepare(frame.frame(), this), this::announce);
		}
		catch (Throwable ex) {
			frame.prepared(null, ex);
		}
	}

	/** Has the lane go on, once for all that is prepared until it does. Any thread. */
	private void announce() {
		if (this.announced.compareAndSet(false, true)) {
			execute(() -> {
				this.announced.set(false);
				this.invoker.proceed();
			});
		}
	}

	private void taken(PreparedFrame frame) {
		this.taken++;
		this.takenBytes += frame.bytes();
	}

	@Override
	public void disconnected() {
		this.invoker.calls().abandon();
	}

	@Override
	public int discard() {
		return discardArrived() + discardBegun();
	}

	private int discardArrived() {
		int discarded = 0;
		for (PreparedFrame frame = poll(); frame != null; frame = poll()) {
			taken(frame);
			discarded++;
		}
		return discarded;
	}

	private int discardBegun() {
		int discarded = this.begun.size();
		this.begun.forEach(this::taken);
		this.begun.clear();
		return discarded;
	}

}
