package dev.socketserver.engine.handlers;

import dev.socketserver.engine.lane.Lane;

/**
 * The frames of one read, as a task on the lane.
 */
final class FrameBatch extends Lane.Task {

	private final MessageInvoker invoker;

	private final Object payloads;

	private final int count;

	private final int bytes;

	private int handled;

	FrameBatch(MessageInvoker invoker, Object payloads, int count, int bytes) {
		this.invoker = invoker;
		this.payloads = payloads;
		this.count = count;
		this.bytes = bytes;
	}

	@Override
	public void run() {
		this.invoker.handleOrHold(this);
	}

	/** Handles what is not handled yet; returns whether that was all of it. */
	boolean handle() {
		MessageInvoker invoker = this.invoker;
		CallRound round = new CallRound(invoker.calls());
		boolean all = handleAll(invoker, round);
		round.end();
		if (!all) {
			return false;
		}
		if (invoker.awaitsReplies() && invoker.session().input().steps().oneAtATime()) {
			// The framing may still be changed by whoever makes the replies: what follows
			// must not be decoded before.
			return false;
		}
		invoker.session().state().countInboundDiscarded(left());
		invoker.taken(this.count, this.bytes);
		this.handled = this.count;
		return true;
	}

	/** Returns whether all are handled, or the session is at its end. */
	private boolean handleAll(MessageInvoker invoker, CallRound round) {
		while (this.handled < this.count && invoker.session().end().handlesMore()) {
			invoker.handled(this.handled);
			if (invoker.mustHold()) {
				return false;
			}
			if (round.handle(next(), invoker.later())) {
				this.handled++;
			}
		}
		return true;
	}

	/** How many have not been handled. */
	int left() {
		return this.count - this.handled;
	}

	private Object next() {
		return (this.payloads instanceof Object[] several) ? several[this.handled] : this.payloads;
	}

}
