package dev.socketserver.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Says what observations of messages that servers handle are called, and which keys they
 * have. A bean of this type replaces {@link DefaultSocketMessageObservationConvention}.
 */
public interface SocketMessageObservationConvention extends ObservationConvention<SocketMessageContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof SocketMessageContext && !(context instanceof SocketClientMessageContext);
	}

}
