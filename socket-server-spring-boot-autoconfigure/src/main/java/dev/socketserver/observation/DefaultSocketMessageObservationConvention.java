package dev.socketserver.observation;

import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.observation.SocketServerObservations.HighCardinalityKeys;
import dev.socketserver.observation.SocketServerObservations.LowCardinalityKeys;
import io.micrometer.common.KeyValues;

/**
 * Gives observations the names and keys that {@link SocketServerObservations} documents.
 * An application can extend it to add others.
 */
public class DefaultSocketMessageObservationConvention implements SocketMessageObservationConvention {

	static final String NAME = "socket.server.message";

	/** The outcome while the message is being handled. */
	private static final String UNKNOWN = "UNKNOWN";

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(SocketMessageContext context) {
		return "message " + context.getSession().server();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(SocketMessageContext context) {
		return KeyValues.of(LowCardinalityKeys.SERVER.withValue(context.getSession().server()),
				LowCardinalityKeys.OUTCOME.withValue(outcome(context)));
	}

	static String outcome(SocketMessageContext context) {
		if (!context.isEnded()) {
			return UNKNOWN;
		}
		return ((context.getError() != null) ? HandlerOutcome.ERROR : HandlerOutcome.SUCCESS).name();
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(SocketMessageContext context) {
		return KeyValues.of(HighCardinalityKeys.SESSION.withValue(context.getSession().id()));
	}

}
