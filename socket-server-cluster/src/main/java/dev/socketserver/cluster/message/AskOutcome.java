package dev.socketserver.cluster.message;

import java.util.concurrent.TimeoutException;

import dev.socketserver.RequestTimeoutException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/**
 * How a failure of sending or asking is reported to another node.
 */
public final class AskOutcome {

	private static final String TIMEOUT = "timeout";

	private AskOutcome() {
	}

	/**
	 * Writes why there is no reply.
	 * @param failure as {@link dev.socketserver.cluster.spi.LocalSession#ask} fails
	 */
	public static void write(Throwable failure, Fields fields) {
		Throwable cause = LoggedFailure.cause(failure);
		boolean late = cause instanceof TimeoutException;
		Delivery delivery = (cause instanceof DeliveryException known) ? known.delivery() : Delivery.REFUSED;
		fields.with(Fields.OUTCOME, late ? Delivery.WRITTEN.name() : delivery.name());
		fields.with(Fields.OPERATION, late ? TIMEOUT : "");
		if (cause instanceof RequestNotSentException) {
			fields.with(Fields.UNSENT, 1);
		}
		fields.with(Fields.ERROR, (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getName());
	}

	/** Returns the failure that a reply reports, or {@code null} if it has a payload. */
	public static @Nullable Throwable failure(Reply reply) {
		String error = reply.fields().textIfAny(Fields.ERROR);
		if (TIMEOUT.equals(reply.fields().textIfAny(Fields.OPERATION))) {
			String message = String.valueOf(error);
			return (reply.fields().numberIfAny(Fields.UNSENT) != 0) ? new RequestNotSentException(message)
					: new RequestTimeoutException(message);
		}
		if (reply.delivery() != Delivery.WRITTEN) {
			return new DeliveryException(reply.delivery(),
					(error != null) ? error : "The session could not be asked: " + reply.delivery());
		}
		return null;
	}

}
