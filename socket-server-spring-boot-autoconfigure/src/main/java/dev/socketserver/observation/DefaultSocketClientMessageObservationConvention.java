package dev.socketserver.observation;

import dev.socketserver.observation.SocketClientObservations.LowCardinalityKeys;
import dev.socketserver.observation.SocketServerObservations.HighCardinalityKeys;
import io.micrometer.common.KeyValues;

/**
 * Gives observations the names and keys that {@link SocketClientObservations} documents.
 * An application can extend it to add others.
 */
public class DefaultSocketClientMessageObservationConvention implements SocketClientMessageObservationConvention {

	static final String NAME = "socket.client.message";

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(SocketClientMessageContext context) {
		return "message " + context.getSession().server();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(SocketClientMessageContext context) {
		return KeyValues.of(LowCardinalityKeys.CLIENT.withValue(context.getSession().server()),
				LowCardinalityKeys.OUTCOME.withValue(DefaultSocketMessageObservationConvention.outcome(context)));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(SocketClientMessageContext context) {
		return KeyValues.of(HighCardinalityKeys.SESSION.withValue(context.getSession().id()));
	}

}
