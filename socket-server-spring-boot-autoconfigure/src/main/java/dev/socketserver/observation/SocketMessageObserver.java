package dev.socketserver.observation;

import dev.socketserver.MessageObserver;
import dev.socketserver.SocketSession;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes an observation of each handled message. Its scope is open during the call of the
 * handler, on the handler's thread; it stops when the message's replies have been given
 * away.
 */
public final class SocketMessageObserver implements MessageObserver {

	private static final SocketMessageObservationConvention DEFAULT = new DefaultSocketMessageObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable SocketMessageObservationConvention convention;

	/**
	 * Creates an observer.
	 * @param registry takes the observations
	 * @param convention names them, or {@code null} for the registry's global convention,
	 * or else ours
	 */
	public SocketMessageObserver(ObservationRegistry registry,
			@Nullable SocketMessageObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public @Nullable Handling begin(SocketSession session, Object message) {
		if (this.registry.isNoop()) {
			return null;
		}
		SocketMessageContext context = new SocketMessageContext(session);
		Observation observation = SocketServerObservations.MESSAGE.observation(this.convention, DEFAULT, () -> context,
				this.registry);
		if (observation.isNoop()) {
			return null;
		}
		observation.start();
		return new Observed(context, observation, observation.openScope());
	}

	private record Observed(SocketMessageContext context, Observation observation,
			Observation.Scope scope) implements Handling {

		@Override
		public void returned() {
			this.scope.close();
		}

		@Override
		public void ended(@Nullable Throwable failure) {
			this.context.end();
			if (failure != null) {
				this.observation.error(failure);
			}
			this.observation.stop();
		}

	}

}
