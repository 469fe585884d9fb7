package dev.socketserver.engine.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.TlsRequest;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.output.Completion;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake that a handler has asked for, and its outcome as a future, which
 * completes on the background executor. It stands in the output of the session behind the
 * replies to the frame with which it was asked for.
 */
final class StartTls extends LoopAwareFuture<@Nullable Void> implements TlsRequest.Asked, Completion {

	private final InvokedSession session;

	private final Invoker invoker;

	private final Executor background;

	/**
	 * The last reply, which leaves in the clear right before the handshake: whatever
	 * others send must not come between them. Where the handler runs.
	 */
	private @Nullable Object lastReply;

	StartTls(InvokedSession session, Invoker invoker, Executor background) {
		this.session = session;
		this.invoker = invoker;
		this.background = background;
	}

	/** Asks for it, in a call of the handler. */
	CompletableFuture<@Nullable Void> ask() {
		if (!this.invoker.isCalling()) {
			throw new IllegalStateException("startTls() must be called by the handler, in one of its calls");
		}
		this.session.input().startTls(this);
		if (this.session.input().room().frames() > 1 || (this.invoker.betweenReads() && this.invoker.hasUnread())) {
			this.session.close(TlsRequest.DATA_BEHIND);
		}
		return this;
	}

	@Override
	public boolean keeps(Object reply) {
		boolean kept = this.session.outbox().wouldAdmit(reply);
		if (kept && this.lastReply != null) {
			kept = this.session.outbox().addReply(this.lastReply, true);
		}
		this.lastReply = kept ? reply : null;
		return kept;
	}

	@Override
	public void due() {
		if (this.session.input().room().frames() > 1 || this.invoker.hasUnread()) {
			this.session.close(TlsRequest.DATA_BEHIND);
		}
		this.session.outbox().startTls(this.lastReply, this);
		this.lastReply = null;
	}

	@Override
	public void sessionEnded() {
		completed(this.session.state().closedException(null));
	}

	@Override
	public void completed(@Nullable Exception failure) {
		// If it was given up, nothing has failed.
		boolean secure = failure == null && this.session.secure();
		settle(this.background, null,
				(secure || failure != null) ? failure : this.session.state().closedException(null));
	}

	@Override
	protected void checkThread() {
		super.checkThread();
		this.invoker.beforeAwaitingTls();
	}

	/** A wait for a future that depends on it is checked in the same way. */
	@Override
	public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
		return new LoopAwareFuture<>() {

			@Override
			protected void checkThread() {
				StartTls.this.checkThread();
			}

		};
	}

}
