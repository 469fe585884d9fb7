package dev.socketserver.observation;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of socket servers, on whose names and keys dashboards rely. There are
 * none unless {@code socket.observations.enabled} is {@code true}. Stream handlers have
 * no messages, and so no observations.
 */
public enum SocketServerObservations implements ObservationDocumentation {

	/**
	 * {@code socket.server.message}, a message that is handled: from just before the call
	 * of its handler until all replies, which may arrive later, have been handed over.
	 */
	MESSAGE {

		@Override
		public String getName() {
			return DefaultSocketMessageObservationConvention.NAME;
		}

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultSocketMessageObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeys.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeys.values();
		}

	};

	/** Keys with few values, which become tags of meters. */
	public enum LowCardinalityKeys implements KeyName {

		/** The server's name. */
		SERVER,

		/**
		 * {@code SUCCESS}; {@code ERROR} if {@link SocketMessageContext#getError()} is
		 * set at the end, also if a later reply has failed, which the meter of calls of
		 * handlers does not count as an error; {@code UNKNOWN} before the end.
		 */
		OUTCOME,

		/**
		 * The class and the method that handle the message, where the handler has several
		 * methods for messages; {@code none} if none of them does.
		 */
		METHOD;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/** Keys with many values, which only traces have. */
	public enum HighCardinalityKeys implements KeyName {

		/** The session's id. */
		SESSION;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
