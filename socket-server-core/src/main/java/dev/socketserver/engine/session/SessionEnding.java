package dev.socketserver.engine.session;

import java.net.InetSocketAddress;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.Deframer;
import dev.socketserver.engine.output.SocketWriter;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.state.SessionEnd;
import org.jspecify.annotations.Nullable;

/**
 * What each way in which a session is to end brings about. {@link SessionEnd} has how it
 * ends, and who settles that. It is made where it is needed, and keeps nothing: most of a
 * session's time it does not end. Any thread, if nothing else is said.
 */
final class SessionEnding {

	private final Session session;

	private final SessionEnd end;

	private final SocketWriter output;

	private final Invoker invoker;

	SessionEnding(Session session) {
		this.session = session;
		this.end = session.end();
		this.output = session.outbox().writer();
		this.invoker = session.invoker();
	}

	/** It ends in its turn: behind the call that runs, and requests that wait. */
	void stop(CloseStatus status) {
		if (!this.end.stop()) {
			return;
		}
		SessionRequests asked = this.session.asked();
		if (asked == null) {
			this.invoker.stop(status);
		}
		else {
			asked.whenAnswered(() -> this.invoker.stop(status));
		}
	}

	/** It ends after what was admitted to the output. */
	void close(CloseStatus status) {
		if (status.reason() == CloseReason.SERVER_STOPPED && !this.end.isSettled()) {
			this.session.sayFarewell();
		}
		// First, so that no other close comes between and is ignored.
		boolean afterReplies = this.invoker.closesAfterReplies() && this.output.closeAfterReplies();
		if (settle(status)) {
			this.session.input().readAndDrop();
			if (afterReplies) {
				this.output.refuseBlocked();
			}
			else {
				this.output.close();
			}
			failRequests();
			this.invoker.closing();
		}
		else if (!this.invoker.runsHere()) {
			// A second close, not by the handler itself, does not wait for replies of the
			// current call.
			this.output.repliesEnded();
		}
	}

	/** It closes, since another session has taken over an identity of it. */
	void replaced(String type, String id, String by, @Nullable InetSocketAddress address) {
		if (this.end.handlesMore()) {
			SessionLog.replaced(this.session, type, id, by, address);
		}
		close(CloseStatus.of(CloseReason.REPLACED, "replaced by " + by));
	}

	/** It ends at once. */
	void abort(CloseStatus status) {
		if (this.end.abort(status)) {
			this.session.context().listener().ending(this.session, status);
		}
		this.output.abort();
		failRequests();
		this.session.state().connection().abort();
		// It may be gone, and its end wait for what is being matched.
		this.session.state().connection().execute(this.session.input().deframer()::discard);
		// If the connection was gone before, nothing else would wake the invoker.
		this.invoker.checkAgain();
	}

	/**
	 * Settles how it ends, and nothing more.
	 * @return whether this settles it
	 */
	boolean settle(CloseStatus status) {
		boolean settled = this.end.close(status);
		if (settled) {
			this.session.context().listener().ending(this.session, status);
		}
		return settled;
	}

	/** Its connection is gone, by a failure unless that is {@code null}. On the loop. */
	void disconnected(@Nullable Throwable failure) {
		this.end.lost(failure);
		Deframer deframer = this.session.input().deframer();
		if (!deframer.isMatching() || !this.end.handlesMore()) {
			deframer.discard();
		}
		this.output.closed();
		failRequests();
		// What is being matched was received before.
		deframer.behindMatch(() -> {
			deframer.discard();
			this.invoker.disconnected();
		});
	}

	/** No further input comes that could be a reply. */
	void inputEnded(CloseStatus status) {
		failRequests();
		this.invoker.inputEnded(status);
	}

	/** Fails the requests that wait. Those of a client that have not left go back. */
	private void failRequests() {
		SessionRequests asked = this.session.asked();
		if (asked != null) {
			asked.close();
		}
	}

	/** Its handler was notified of the end. */
	void finished() {
		SessionContext context = this.session.context();
		CloseStatus status = this.end.status();
		SessionLog.closed(this.session, status);
		this.session.input().steps().sessionEnded();
		this.session.state().chargeEnded();
		this.session.state().counters().countClosed(status.reason(), System.nanoTime() - this.session.openedNanos());
		context.sessions().remove(this.session);
		try {
			// Now: whoever is notified that it has ended finds room for another.
			this.session.state().connection().ended();
			context.events().ends().left();
			this.end.over();
			this.session.state().notifyTapClosed();
			context.listener().closed(this.session, status);
			this.end.complete();
		}
		finally {
			context.sessions().notified(this.session);
			context.events().ends().ended();
		}
	}

}
