package dev.socketserver.engine.client;

import java.util.Objects;

import dev.socketserver.SessionClosedException;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.waiting.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * A payload that a client has admitted, or that is waiting for that. Guarded by the lock
 * of its {@link ClientOutbox}, if not stated otherwise.
 */
final class ClientMessage implements Completion, Runnable {

	/** What is asked of messages that wait to be handed over. */
	static final EntryKind<ClientMessage> WAITING = new EntryKind<>() {

		@Override
		public long bytes(ClientMessage message) {
			return message.bytes();
		}

		@Override
		public void waits(ClientMessage message, boolean waits) {
			message.waits = waits;
		}

	};

	private final byte[] payload;

	private final Completion completion;

	private final @Nullable Request ask;

	/** The connection that has it, or for which it waits; absent if it waits for any. */
	private @Nullable OutboxLink link;

	/** Its keys, where payloads have keys. */
	private @Nullable KeyBucket bucket;

	// Three facts: one that is broken is sent again.

	/** It waits to be handed over. */
	private boolean waits;

	/** A connection has ended before all of this payload had left. */
	private boolean broken;

	/** The outcome is decided, and the sender was notified, or is about to be. */
	private boolean settled;

	private @Nullable Exception failure;

	/**
	 * Creates a message.
	 * @param payload the payload
	 * @param completion is notified of the outcome
	 * @param ask the waiting for its reply, if it is a request
	 */
	ClientMessage(byte[] payload, Completion completion, @Nullable Request ask) {
		this.payload = payload;
		this.completion = completion;
		this.ask = ask;
	}

	@Nullable OutboxLink link() {
		return this.link;
	}

	void link(@Nullable OutboxLink link) {
		this.link = link;
	}

	@Nullable KeyBucket bucket() {
		return this.bucket;
	}

	void bucket(KeyBucket bucket) {
		this.bucket = bucket;
	}

	boolean isWaiting() {
		return this.waits;
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

	boolean isRequest() {
		return this.ask != null;
	}

	/** Whether this is a request that has its reply, or for which no caller waits. */
	boolean unwanted() {
		return this.ask != null && this.ask.isDecided();
	}

	/** Whether a connection has ended before all of it had left: part of it may have. */
	boolean isBroken() {
		return this.broken;
	}

	/** A connection has ended before all of it had left. */
	void broke() {
		this.broken = true;
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
		if (this.bucket != null) {
			this.bucket.settled();
		}
	}

	/**
	 * A request without a key has its place in the order of replies now, as those have it
	 * that are asked with the session.
	 */
	@Override
	public void admitted() {
		if (this.ask != null) {
			PendingRequests requests = handedTo().connection().requests();
			if (!requests.isFoundByKey(this.ask)) {
				requests.add(this.ask);
			}
		}
	}

	/** Called by the connection with the outcome. On its loop. */
	@Override
	public void completed(@Nullable Exception failure) {
		PendingRequests connection = (this.ask != null) ? this.ask.sentOn() : null;
		if (this.ask != null && connection != null) {
			if (failure == null) {
				connection.sent(this.ask);
			}
			else if (failure instanceof SessionClosedException) {
				connection.goesBack(this.ask);
			}
			else {
				connection.withdraw(this.ask);
			}
		}
		handedTo().completed(this, failure);
	}

	private OutboxLink handedTo() {
		return Objects.requireNonNull(this.link, "No connection had it");
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
