package dev.socketserver.engine.requests;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.client.Correlator;
import dev.socketserver.engine.handlers.Correlation;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.spec.Requests;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of all sessions of a server share, or those of a client.
 *
 * @param correlator determines which reply belongs to which request; {@code null} if
 * replies arrive in order
 * @param requests how requests follow each other
 * @param counters counts what becomes of requests
 * @param background completes futures, and runs the correlator where it must not run on
 * an event loop
 * @param timer ends the wait for replies that do not arrive in time; one for all
 */
public record RequestContext(@Nullable Correlator correlator, Requests requests, Counters counters, Executor background,
		ScheduledExecutorService timer) {

	/**
	 * Returns the key of a request.
	 * @param owner whose correlator it is, for messages
	 * @param payload the request, as the application has given it
	 * @return the key, or {@code null} if replies arrive in order
	 * @throws IllegalArgumentException if the correlator returns none for it, or an array
	 */
	public @Nullable Object key(String owner, Object payload) {
		if (this.correlator == null) {
			return null;
		}
		Object key = Correlation.key(this.correlator, payload);
		if (key == null) {
			throw new IllegalArgumentException("The correlator of " + owner + " has no key for the request");
		}
		if (key.getClass().isArray()) {
			throw new IllegalArgumentException(
					"The correlator of " + owner + " makes arrays of type " + key.getClass().getTypeName()
							+ " as keys, of which no two are equal: make it text, a number or a ByteBuffer of them");
		}
		return key;
	}

	/**
	 * Makes a request, which is counted when it ends.
	 * @param key its key, or {@code null} if replies arrive in order
	 * @param reading reads the reply; {@code null} if it is to be what the handler takes
	 * @return the request, which is not registered yet
	 */
	public Request request(@Nullable Object key, @Nullable ReplyReading reading) {
		long begun = System.nanoTime();
		return new Request(key, reading, this.background,
				(outcome) -> this.counters.countRequest(outcome, System.nanoTime() - begun));
	}

}
