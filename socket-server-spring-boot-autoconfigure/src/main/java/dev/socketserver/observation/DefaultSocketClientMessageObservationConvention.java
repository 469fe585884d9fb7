package dev.socketserver.observation;

import dev.socketserver.observation.SocketClientObservations.LowCardinalityKeys;

/**
 * Gives observations the names and keys that {@link SocketClientObservations} documents.
 * An application can extend it to add others.
 */
public class DefaultSocketClientMessageObservationConvention extends MessageConvention<SocketClientMessageContext>
		implements SocketClientMessageObservationConvention {

	static final String NAME = "socket.client.message";

	/** Creates the convention. */
	public DefaultSocketClientMessageObservationConvention() {
		super(NAME, LowCardinalityKeys.CLIENT);
	}

}
