package dev.socketserver.engine.session;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.engine.input.SessionFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.PeerAccess;
import org.jspecify.annotations.Nullable;

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
	public CompletableFuture<Object> ask(byte[] payload, Duration timeout, Duration leave) {
		return this.session.sends().askBytes(payload, null, timeout, leave);
	}

	@Override
	public CompletableFuture<@Nullable Void> send(byte[] payload, Duration timeout, Duration leave, Executor executor) {
		return this.session.sends().sendBytes(payload, timeout, leave, executor);
	}

	@Override
	public Framing framing() {
		return SessionFraming.given(this.session.outbox().framing());
	}

	@Override
	public Charset charset() {
		return this.session.spec().charset();
	}

	@Override
	public long silentSince() {
		return this.session.silentSince();
	}

}
