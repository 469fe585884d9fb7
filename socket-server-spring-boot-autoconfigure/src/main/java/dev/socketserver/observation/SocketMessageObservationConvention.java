package dev.socketserver.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Says what observations of messages that servers handle are called, and which keys they
 * have. A bean of this type replaces {@link DefaultSocketMessageObservationConvention}.
 * <p>
 * It is asked twice for each message: on the thread that handles the message, before the
 * call of the handler, and at the end, perhaps on another thread. So it must be quick,
 * and safe for use by several threads.
 */
public interface SocketMessageObservationConvention extends ObservationConvention<SocketMessageContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof SocketMessageContext && !(context instanceof SocketClientMessageContext);
	}

}
