package dev.socketserver.engine.cluster.message;

import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionClosedException;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import org.jspecify.annotations.Nullable;

/**
 * How a failure of sending or asking is reported to another node.
 */
public final class AskOutcome {

	private static final String TIMEOUT = "timeout";

	private AskOutcome() {
	}

	/** Returns what became of something that was sent. */
	public static Delivery delivery(@Nullable Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause == null) {
			return Delivery.WRITTEN;
		}
		return (cause instanceof SessionClosedException) ? Delivery.GONE : Delivery.REFUSED;
	}

	public static void write(Throwable failure, Fields fields) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		boolean late = cause instanceof TimeoutException;
		fields.with(Fields.OUTCOME, late ? Delivery.WRITTEN.name() : delivery(cause).name());
		fields.with(Fields.OPERATION, late ? TIMEOUT : "");
		fields.with(Fields.ERROR, (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getName());
	}

	/**
	 * Returns a failure of asking as a caller gets it, who may be on another node.
	 * @param failure the failure
	 * @return what the caller gets
	 */
	public static Throwable reported(Throwable failure) {
		Fields fields = new Fields();
		write(failure, fields);
		Throwable reported = failure(Reply.read(fields));
		return (reported != null) ? reported : failure;
	}

	/** Returns the failure that a reply reports, or {@code null} if it has a payload. */
	public static @Nullable Throwable failure(Reply reply) {
		String error = reply.fields().textIfAny(Fields.ERROR);
		if (TIMEOUT.equals(reply.fields().textIfAny(Fields.OPERATION))) {
			return new TimeoutException(error);
		}
		if (reply.delivery() != Delivery.WRITTEN) {
			return new DeliveryException(reply.delivery(),
					(error != null) ? error : "The session could not be asked: " + reply.delivery());
		}
		return null;
	}

}
