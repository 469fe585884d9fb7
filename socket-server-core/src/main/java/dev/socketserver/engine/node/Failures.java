package dev.socketserver.engine.node;

import java.util.concurrent.TimeoutException;

import dev.socketserver.OutboundFullException;
import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/**
 * Failures of a session, as callers on any node get them.
 */
final class Failures {

	private Failures() {
	}

	/**
	 * Returns what became of something that was sent.
	 * @param ends whether the session has ended, if there was no room
	 */
	static Delivery delivery(@Nullable Throwable failure, boolean ends) {
		if (failure == null) {
			return Delivery.WRITTEN;
		}
		Throwable cause = LoggedFailure.cause(failure);
		boolean gone = cause instanceof SessionClosedException || (ends && cause instanceof OutboundFullException);
		return gone ? Delivery.GONE : Delivery.REFUSED;
	}

	/** Returns a failure of asking as the caller gets it. */
	static Exception reported(Throwable failure, boolean ends) {
		Throwable cause = LoggedFailure.cause(failure);
		String known = LoggedFailure.message(cause);
		String message = (known != null) ? known : cause.getClass().getName();
		if (cause instanceof RequestNotSentException) {
			return new RequestNotSentException(message);
		}
		return (cause instanceof TimeoutException) ? new RequestTimeoutException(message)
				: new DeliveryException(delivery(cause, ends), message);
	}

}
