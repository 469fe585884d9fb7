package dev.socketserver.engine.session;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.SessionFraming;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.PeerAccess;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a session, as modules reach it that send on their own account.
 *
 * @param invoker calls its handler
 * @param sends what it sends on its own account, made when it is needed
 * @param outbox what waits for the peer
 * @param state what is known of the session
 */
record SessionPeer(Invoker invoker, Supplier<SessionSends> sends, Outbox outbox,
		SessionState state) implements PeerAccess {

	@Override
	public void afterCall(Runnable task) {
		this.invoker.afterReplies(task);
	}

	@Override
	public CompletableFuture<Object> ask(byte[] payload, Duration timeout, Duration leave) {
		return this.sends.get().askBytes(payload, null, timeout, leave, true);
	}

	@Override
	public CompletableFuture<Object> ask(byte[] payload, Duration timeout) {
		return this.sends.get().askBytes(payload, null, timeout, timeout, false);
	}

	@Override
	public CompletableFuture<@Nullable Void> send(byte[] payload, Duration timeout, Duration leave, Executor executor) {
		return this.sends.get().sendBytes(payload, timeout, leave, executor);
	}

	@Override
	public Framing framing() {
		return SessionFraming.given(this.outbox.framing());
	}

	@Override
	public Charset charset() {
		return this.state.spec().charset();
	}

	@Override
	public long silentSince() {
		return this.state.silentSince();
	}

}
