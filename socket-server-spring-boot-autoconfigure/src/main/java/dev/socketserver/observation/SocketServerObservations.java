package dev.socketserver.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of socket servers: names and keys are what dashboards rely on. */
public enum SocketServerObservations implements ObservationDocumentation {

	/**
	 * A message being handled: from the moment in which its handler is about to be called
	 * until its replies, which may come later, have been given away.
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

	/** Keys of few values, which become tags of meters. */
	public enum LowCardinalityKeys implements KeyName {

		/** The server's name. */
		SERVER {

			@Override
			public String asString() {
				return "server";
			}

		},

		/** A {@link dev.socketserver.HandlerOutcome}; {@code UNKNOWN} before the end. */
		OUTCOME {

			@Override
			public String asString() {
				return "outcome";
			}

		}

	}

	/** Keys of many values, which only traces have. */
	public enum HighCardinalityKeys implements KeyName {

		/** The session's id. */
		SESSION {

			@Override
			public String asString() {
				return "session";
			}

		}

	}

}
