package dev.socketserver.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Says what observations of messages that clients handle are called, and which keys they
 * have. A bean of this type replaces
 * {@link DefaultSocketClientMessageObservationConvention}. It is asked as a
 * {@link SocketMessageObservationConvention} is.
 */
public interface SocketClientMessageObservationConvention extends ObservationConvention<SocketClientMessageContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof SocketClientMessageContext;
	}

}
