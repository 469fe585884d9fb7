package dev.socketserver.observation;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.operator.SessionOperations;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes an observation of each handled message. Its scope is open during the call of the
 * handler, on the handler's thread. The observation stops when all replies to the message
 * have been handed over, perhaps on another thread. With a registry that takes no
 * observations, nothing is done.
 */
public final class SocketMessageObserver implements MessageObserver {

	private static final SocketMessageObservationConvention DEFAULT = new DefaultSocketMessageObservationConvention();

	private static final SocketClientMessageObservationConvention CLIENT_DEFAULT = new DefaultSocketClientMessageObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable SocketMessageObservationConvention convention;

	private final @Nullable SocketClientMessageObservationConvention clientConvention;

	/**
	 * Creates an observer.
	 * @param registry takes the observations
	 * @param convention names those of servers; if {@code null}, the registry's global
	 * convention does or, without one, our default
	 * @param clientConvention names those of clients in the same way
	 */
	public SocketMessageObserver(ObservationRegistry registry, @Nullable SocketMessageObservationConvention convention,
			@Nullable SocketClientMessageObservationConvention clientConvention) {
		this.registry = registry;
		this.convention = convention;
		this.clientConvention = clientConvention;
	}

	@Override
	public @Nullable Handling begin(SocketSession session, Object message) {
		if (this.registry.isNoop()) {
			return null;
		}
		return (SessionOperations.of(session).side() == SessionSpec.Side.CLIENT) ? ofClient(session)
				: ofServer(session);
	}

	@Override
	public void mapped(SocketSession session, String method) {
		Observation current = this.registry.getCurrentObservation();
		if (current != null && current.getContext() instanceof SocketMessageContext context
				&& context.getSession() == session) {
			context.setMethod(method);
		}
	}

	private @Nullable Handling ofServer(SocketSession session) {
		SocketMessageContext context = new SocketMessageContext(session);
		return begin(context,
				SocketServerObservations.MESSAGE.observation(this.convention, DEFAULT, () -> context, this.registry));
	}

	private @Nullable Handling ofClient(SocketSession session) {
		SocketClientMessageContext context = new SocketClientMessageContext(session);
		return begin(context, SocketClientObservations.MESSAGE.observation(this.clientConvention, CLIENT_DEFAULT,
				() -> context, this.registry));
	}

	private @Nullable Handling begin(SocketMessageContext context, Observation observation) {
		if (observation.isNoop()) {
			return null;
		}
		Observation.@Nullable Scope before = this.registry.getCurrentObservationScope();
		observation.start();
		try {
			return new Observed(this.registry, context, observation, before, observation.openScope());
		}
		catch (RuntimeException | Error ex) {
			try {
				leave(this.registry, before);
			}
			finally {
				end(context, observation, ex);
			}
			throw ex;
		}
	}

	/**
	 * Removes a scope that could not be opened, or closed, from the thread. Handlers of
	 * observations after the one that has thrown have not been called.
	 */
	private static void leave(ObservationRegistry registry, Observation.@Nullable Scope before) {
		Observation.Scope current = registry.getCurrentObservationScope();
		try {
			if (current != null && current != before) {
				current.close();
			}
		}
		finally {
			registry.setCurrentObservationScope(before);
		}
	}

	private static void end(SocketMessageContext context, Observation observation, @Nullable Throwable failure) {
		context.end();
		try {
			if (failure != null) {
				observation.error(failure);
			}
		}
		finally {
			observation.stop();
		}
	}

	/**
	 * The observation of a message that is being handled. Handlers of observations may
	 * throw: even then nothing may be left on the thread, or it would become the parent
	 * of whatever follows.
	 *
	 * @param registry knows the current scope of a thread
	 * @param context the context of the observation
	 * @param observation the observation
	 * @param before the scope that was current before
	 * @param scope the scope of the call of the handler
	 */
	private record Observed(ObservationRegistry registry, SocketMessageContext context, Observation observation,
			Observation.@Nullable Scope before, Observation.Scope scope) implements Handling {

		@Override
		public void returned() {
			try {
				this.scope.close();
			}
			catch (RuntimeException | Error ex) {
				leave(this.registry, this.before);
				throw ex;
			}
		}

		@Override
		public void ended(@Nullable Throwable failure) {
			end(this.context, this.observation, failure);
		}

	}

}
