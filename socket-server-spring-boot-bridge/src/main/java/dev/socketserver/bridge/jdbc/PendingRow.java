package dev.socketserver.bridge.jdbc;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.Stored;
import dev.socketserver.bridge.session.Turn;

/**
 * A message that is to become a row.
 *
 * @param message the message
 * @param turn what it is behind
 * @param result completes when it is committed
 */
record PendingRow(InboundMessage message, Turn turn, CompletableFuture<Stored> result) {

	PendingRow(InboundMessage message, Turn turn) {
		this(message, turn, new CompletableFuture<>());
	}

	void committed(Stored stored) {
		this.result.complete(stored);
	}

	/** It was not stored, and nothing behind it in its session is to be. */
	void failed(Throwable failure) {
		this.turn.end();
		this.result.completeExceptionally(failure);
	}

	/** It can never be stored. */
	void rejected(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

}
