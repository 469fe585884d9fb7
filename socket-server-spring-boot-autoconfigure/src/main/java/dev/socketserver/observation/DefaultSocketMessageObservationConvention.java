package dev.socketserver.observation;

import dev.socketserver.observation.SocketServerObservations.LowCardinalityKeys;

/**
 * Gives observations the names and keys that {@link SocketServerObservations} documents.
 * An application can extend it to add others.
 */
public class DefaultSocketMessageObservationConvention extends MessageConvention<SocketMessageContext>
		implements SocketMessageObservationConvention {

	static final String NAME = "socket.server.message";

	/** Creates the convention. */
	public DefaultSocketMessageObservationConvention() {
		super(NAME, LowCardinalityKeys.SERVER);
	}

}
