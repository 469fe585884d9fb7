package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.stats.ClientCounters;

/**
 * A connection that takes payloads while it is open, and sends none.
 */
final class TestLink implements ClientLink {

	/** The completions of the payloads that it has taken. */
	final Deque<Completion> taken = new ArrayDeque<>();

	boolean open = true;

	private final PendingRequests requests = new PendingRequests(null, new ClientCounters());

	@Override
	public boolean deliver(byte[] payload, Completion completion) {
		if (this.open) {
			completion.admitted();
			this.taken.add(completion);
		}
		return this.open;
	}

	@Override
	public PendingRequests requests() {
		return this.requests;
	}

	@Override
	public long pendingBytes() {
		return 0;
	}

	@Override
	public void slow() {
		throw new IllegalStateException("not expected");
	}

}
