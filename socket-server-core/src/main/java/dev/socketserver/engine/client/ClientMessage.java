package dev.socketserver.engine.client;

import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import org.jspecify.annotations.Nullable;

/**
 * A payload that a client has admitted, or that is waiting for that. Guarded by the lock
 * of its {@link ClientOutbox}, if not stated otherwise.
 */
final class ClientMessage implements Completion, Runnable {

	private final ClientOutbox outbox;

	private final MemoryBudget memory;

	private final byte[] payload;

	private final Completion completion;

	private final @Nullable Request ask;

	// Three facts: one that is broken is sent again, and what is charged is given back
	// whatever the outcome.

	/** A connection has ended before all of this payload had left. */
	private boolean broken;

	/** The outcome is decided, and the sender was notified, or is about to be. */
	private boolean settled;

	/**
	 * Its bytes count as held by the client. Those that a connection has are charged to
	 * its session.
	 */
	private boolean charged;

	private @Nullable Exception failure;

	/**
	 * Creates a message.
	 * @param outbox its outbox
	 * @param memory its bytes count there while they wait
	 * @param payload the payload
	 * @param completion is notified of the outcome
	 * @param ask the waiting for its reply, if it is a request
	 */
	ClientMessage(ClientOutbox outbox, MemoryBudget memory, byte[] payload, Completion completion,
			@Nullable Request ask) {
		this.outbox = outbox;
		this.memory = memory;
		this.payload = payload;
		this.completion = completion;
		this.ask = ask;
	}

	byte[] payload() {
		return this.payload;
	}

	int bytes() {
		return this.payload.length;
	}

	/** The waiting for its reply, if it is a request. */
	@Nullable Request ask() {
		return this.ask;
	}

	/** Whether this is a request for whose reply no caller waits any more. */
	boolean unwanted() {
		return this.ask != null && this.ask.isOver();
	}

	/** Whether a connection has ended before all of it had left: part of it may have. */
	boolean isBroken() {
		return this.broken;
	}

	/** A connection has ended before all of it had left. */
	void broke() {
		this.broken = true;
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

	/** Whether its outcome is decided. */
	boolean isSettled() {
		return this.settled;
	}

	/**
	 * Its outcome is decided; {@link #run()} notifies the sender.
	 * @param failure why it was not sent, or {@code null} if it was
	 */
	void settle(@Nullable Exception failure) {
		this.settled = true;
		this.failure = failure;
		discharge();
	}

	/** Called by the connection with the outcome. On its loop. */
	@Override
	public void completed(@Nullable Exception failure) {
		if (failure != null && this.ask != null) {
			PendingRequests connection = this.ask.sentOn();
			if (connection != null) {
				connection.goesBack(this.ask);
			}
		}
		this.outbox.completed(this, failure);
	}

	/** It was not admitted: notifies the sender, on its thread. Without the lock. */
	@Override
	public void refused(Exception refusal) {
		this.completion.refused(refusal);
	}

	/** Notifies the sender of the outcome. Without the lock. */
	@Override
	public void run() {
		this.completion.completed(this.failure);
	}

}
