package dev.socketserver.observation;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of socket clients, on whose names and keys dashboards rely. There are
 * none unless {@code socket.observations.enabled} is {@code true}, and none of what a
 * client receives without a handler, nor of awaited replies.
 */
public enum SocketClientObservations implements ObservationDocumentation {

	/**
	 * {@code socket.client.message}, a message that the handler of a client is given:
	 * from just before its call until all replies, which may arrive later, have been
	 * handed over.
	 */
	MESSAGE {

		@Override
		public String getName() {
			return DefaultSocketClientMessageObservationConvention.NAME;
		}

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultSocketClientMessageObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeys.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return SocketServerObservations.HighCardinalityKeys.values();
		}

	};

	/** Keys with few values, which become tags of meters. */
	public enum LowCardinalityKeys implements KeyName {

		/** The client's name. */
		CLIENT,

		/**
		 * {@code SUCCESS}; {@code ERROR} if {@link SocketMessageContext#getError()} is
		 * set at the end, also if a later reply has failed, which the meter of calls of
		 * handlers does not count as an error; {@code UNKNOWN} before the end.
		 */
		OUTCOME,

		/**
		 * The class and the method that handle the message, where the handler has several
		 * methods for messages.
		 */
		METHOD;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
