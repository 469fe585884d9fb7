package dev.socketserver.engine.output;

import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.payload.PayloadException;

/**
 * A payload was not sent, since the framing refuses what is in it. Unlike other failures
 * of payloads it is not the peer's doing.
 */
public final class RefusedPayloadException extends PayloadException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param cause what the framing threw
	 */
	public RefusedPayloadException(UnframeablePayloadException cause) {
		super(String.valueOf(LoggedFailure.message(cause)), cause);
	}

	/**
	 * Returns the failure of what was to be sent.
	 * @param thrown what was thrown
	 * @return an exception of this type if the framing refuses the payload, else what was
	 * thrown
	 */
	public static Throwable of(Throwable thrown) {
		return (thrown instanceof UnframeablePayloadException refused) ? new RefusedPayloadException(refused) : thrown;
	}

}
