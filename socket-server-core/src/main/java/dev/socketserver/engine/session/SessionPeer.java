package dev.socketserver.engine.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.operator.PeerAccess;

/**
 * The peer of a session, as modules reach it that send on their own account.
 *
 * @param session the session
 */
record SessionPeer(Session session) implements PeerAccess {

	@Override
	public void afterCall(Runnable task) {
		this.session.invoker().afterReplies(task);
	}

	@Override
	public CompletableFuture<Object> ask(byte[] payload, Duration timeout) {
		return this.session.sends().askBytes(payload, null, timeout);
	}

	@Override
	public long silentSince() {
		return this.session.silentSince();
	}

}
