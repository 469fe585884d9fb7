package dev.socketserver.engine.handlers;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spi.PeerFault;
import org.jspecify.annotations.Nullable;

/**
 * A failure of user code that ends its session: as it is logged, and what the session
 * ends with. On the thread of the handler, or of what ends a call that the handler has
 * begun.
 */
public final class CallFailure {

	private final InvokedSession session;

	private final Throwable failure;

	/**
	 * Creates the failure.
	 * @param session the session
	 * @param failure what user code threw
	 */
	public CallFailure(InvokedSession session, Throwable failure) {
		this.session = session;
		this.failure = failure;
	}

	/**
	 * The handler threw. The session ends, and nothing else does.
	 * @param call what was called
	 */
	public void ofHandler(String call) {
		String name = this.session.spec().handler().name();
		end("handler '" + name + "' failed", "handler '" + name + "' failed in " + call, call);
	}

	/**
	 * A handler that cannot go on threw, and its failure was answered. The session ends.
	 * @param call what was called
	 */
	public void answered(String call) {
		close(CloseReason.HANDLER_ERROR, this.failure, call);
	}

	/**
	 * User code threw that does not belong to the handler. The session ends, too.
	 * @param source what it is
	 */
	public void ofOther(String source) {
		String what = source + " failed with what was received";
		end(what, what, source);
	}

	private void end(String kind, String what, String where) {
		if (this.failure instanceof InterruptedException) {
			// The interrupt was meant for this call, not for the next session's on the
			// same thread.
			Thread.interrupted();
		}
		if (this.failure instanceof PayloadException && !(this.failure instanceof RefusedPayloadException)) {
			// No error handler of the application has dealt with it. It is the peer's
			// doing, so it is not logged as an error.
			this.session
				.close(new CloseStatus(CloseReason.DECODE_ERROR, LoggedFailure.message(this.failure), this.failure));
			return;
		}
		@Nullable Throwable wrapped = this.failure.getCause();
		Throwable cause = this.failure;
		if (this.failure instanceof CloseReasonException reasoned && wrapped != null) {
			cause = wrapped;
			if (reasoned.reason() != CloseReason.HANDLER_ERROR) {
				// Logged with the end of the session.
				close(reasoned.reason(), cause, where);
				return;
			}
		}
		if (cause instanceof PeerFault) {
			this.session.logFailure("messages refused", "a message was refused", cause);
			this.session.close(new CloseStatus(CloseReason.HANDLER_ERROR, LoggedFailure.message(cause), cause));
			return;
		}
		this.session.logFailure(kind, what, cause);
		close(CloseReason.HANDLER_ERROR, cause, where);
	}

	private void close(CloseReason reason, Throwable cause, String where) {
		this.session.close(new CloseStatus(reason, cause.getClass().getSimpleName() + " in " + where, cause));
	}

}
