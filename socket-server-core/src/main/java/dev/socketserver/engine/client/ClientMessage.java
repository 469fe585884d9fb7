package dev.socketserver.engine.client;

import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import org.jspecify.annotations.Nullable;

/**
 * A payload that a client has admitted, or that is waiting for that. Guarded by the lock
 * of its {@link ClientOutbox}.
 */
final class ClientMessage implements Completion, Runnable {

	private final Owner owner;

	private final MemoryBudget memory;

	final byte[] payload;

	final Completion completion;

	final @Nullable Request ask;

	// Three facts: one that is broken is sent again, and what is charged is given back
	// whatever the outcome.

	/** A connection has ended before all of this payload had left. */
	boolean broken;

	/** The outcome is decided, and the sender was notified, or is about to be. */
	boolean settled;

	/**
	 * Its bytes count as held by the client. Those that a connection has are charged to
	 * its session.
	 */
	private boolean charged;

	@Nullable Exception failure;

	ClientMessage(Owner owner, MemoryBudget memory, byte[] payload, Completion completion, @Nullable Request ask) {
		this.owner = owner;
		this.memory = memory;
		this.payload = payload;
		this.completion = completion;
		this.ask = ask;
	}

	/** Whether this is a request for whose reply nobody waits any more. */
	boolean unwanted() {
		return this.ask != null && this.ask.isOver();
	}

	void charge() {
		this.charged = true;
		this.memory.add(this.payload.length);
	}

	void discharge() {
		if (this.charged) {
			this.charged = false;
			this.memory.add(-this.payload.length);
		}
	}

	/** Called by the connection with the outcome. */
	@Override
	public void completed(@Nullable Exception failure) {
		if (failure != null && this.ask != null) {
			PendingRequests connection = this.ask.sentOn();
			if (connection != null) {
				connection.goesBack(this.ask);
			}
		}
		this.owner.completed(this, failure);
	}

	/** Notifies the sender. Without the lock. */
	@Override
	public void run() {
		this.completion.completed(this.failure);
	}

	/** Has admitted it. */
	interface Owner {

		/** The connection has reported the outcome of a message. On its loop. */
		void completed(ClientMessage message, @Nullable Exception failure);

	}

}
