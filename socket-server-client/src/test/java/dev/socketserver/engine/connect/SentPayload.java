package dev.socketserver.engine.connect;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionClosedException;
import org.jspecify.annotations.Nullable;

/** What was sent, and what has become of it. */
final class SentPayload {

	private final String payload;

	private final boolean ask;

	private final int number;

	/** Whether a server has got all of it. */
	private boolean received;

	private @Nullable Object reply;

	private @Nullable Throwable failure;

	private boolean over;

	SentPayload(String payload, boolean ask, int number) {
		this.payload = payload;
		this.ask = ask;
		this.number = number;
	}

	void over(@Nullable Object reply, @Nullable Throwable failure) {
		ClientModel.check(!this.over, "It has two outcomes: " + this);
		this.over = true;
		this.reply = reply;
		this.failure = failure;
	}

	/** A server has got all of it. */
	void received() {
		ClientModel.check(!this.received, "A server has got it twice: " + this);
		this.received = true;
	}

	boolean isRequest() {
		return this.ask;
	}

	int number() {
		return this.number;
	}

	/** Whether there was no room for it. */
	boolean isRefused() {
		return this.failure instanceof OutboundFullException;
	}

	boolean isOver() {
		return this.over;
	}

	void check() {
		if (this.failure == null) {
			ClientModel.check(this.received, "It was not sent: " + this);
			ClientModel.check(!this.ask || ("re " + this.payload).equals(this.reply), "It has another reply: " + this);
		}
		else if (isRefused()) {
			ClientModel.check(!this.received, "It was refused, and was sent: " + this);
		}
		else {
			// One whose reply has not come; whether the server has got it is not known.
			ClientModel.check(this.ask && this.failure instanceof SessionClosedException, "It has failed: " + this);
		}
	}

	@Override
	public String toString() {
		return this.payload + (this.ask ? " (request)" : "") + ", received " + this.received + ", over " + this.over
				+ ", reply " + this.reply + ", failure " + this.failure;
	}

}
