package dev.socketserver.engine.handlers;

import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.WaitingFrame;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InboundOverflow;

/**
 * Frames of one session that wait for its handler and may be dropped: they are in a
 * {@link FrameQueue}, not on the lane. Only sessions whose inbound policy drops have
 * them. On the lane, unless stated otherwise.
 */
final class DroppableFrames implements WaitingFrames {

	/** So many of them are handled before anything else is done. */
	private static final int MOST_IN_ONE_GO = 64;

	private final MessageInvoker invoker;

	private final FrameQueue queue;

	/** The rest is taken after what else the lane has to do. */
	private boolean putOff;

	DroppableFrames(MessageInvoker invoker, Bounds<InboundOverflow> bounds) {
		this.invoker = invoker;
		this.queue = new FrameQueue(bounds, invoker.session().state());
	}

	@Override
	public void add(Object payload, int count, int bytes) {
		this.invoker.session().input().dropped(this.queue.add(payload, bytes));
		if (this.queue.mustAnnounce()) {
			this.invoker.checkAgain();
		}
	}

	@Override
	public int size() {
		return this.queue.size();
	}

	@Override
	public boolean handle() {
		CallRound round = new CallRound(this.invoker.calls());
		boolean all = handle(round);
		round.end();
		return all;
	}

	private boolean handle(CallRound round) {
		for (int calls = 0; this.invoker.session().end().handlesMore(); calls++) {
			if (this.invoker.mustHold()) {
				return false;
			}
			if (calls == MOST_IN_ONE_GO) {
				// A peer that is always ahead would have the queue never empty.
				handleLater();
				return false;
			}
			if (!round.handleRest(this.invoker.later())) {
				WaitingFrame frame = this.queue.poll();
				if (frame == null) {
					return true;
				}
				if (round.handle(frame.payload(), this.invoker.later()) && !this.queue.isAnnounced()) {
					return true;
				}
			}
		}
		return true;
	}

	private void handleLater() {
		if (!this.putOff) {
			this.putOff = true;
			this.invoker.lane().submit(() -> {
				this.putOff = false;
				this.invoker.proceed();
			});
		}
	}

	@Override
	public int discard() {
		int discarded = 0;
		while (this.queue.poll() != null) {
			discarded++;
		}
		return discarded;
	}

}
