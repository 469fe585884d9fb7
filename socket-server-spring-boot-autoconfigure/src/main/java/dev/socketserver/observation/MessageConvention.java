package dev.socketserver.observation;

import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.observation.SocketServerObservations.HighCardinalityKeys;
import dev.socketserver.observation.SocketServerObservations.LowCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.ObservationConvention;

/**
 * What our conventions for messages of servers and of clients have in common: all but the
 * name of the observation, and the key that names the server or client.
 *
 * @param <C> the context of the observation
 */
abstract class MessageConvention<C extends SocketMessageContext> implements ObservationConvention<C> {

	/** The outcome while the message is being handled. */
	private static final String UNKNOWN = "UNKNOWN";

	private final String name;

	private final KeyName target;

	MessageConvention(String name, KeyName target) {
		this.name = name;
		this.target = target;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getContextualName(C context) {
		return "message " + context.getSession().server();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(C context) {
		KeyValues values = KeyValues.of(this.target.withValue(context.getSession().server()), outcome(context));
		String method = context.getMethod();
		return (method != null) ? values.and(LowCardinalityKeys.METHOD.withValue(method)) : values;
	}

	private KeyValue outcome(C context) {
		if (!context.isEnded()) {
			return LowCardinalityKeys.OUTCOME.withValue(UNKNOWN);
		}
		HandlerOutcome outcome = (context.getError() != null) ? HandlerOutcome.ERROR : HandlerOutcome.SUCCESS;
		return LowCardinalityKeys.OUTCOME.withValue(outcome.name());
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(C context) {
		return KeyValues.of(HighCardinalityKeys.SESSION.withValue(context.getSession().id()));
	}

}
