package dev.socketserver.engine.server;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What sessions of one listener are sent before they end, if there is something. However
 * often they are notified, each gets it once. Safe for use by several threads.
 */
final class Farewell {

	private static final SafeLogger logger = SafeLogger.of(ServerRun.class);

	private final ListenerContext listener;

	private final AtomicBoolean refused = new AtomicBoolean();

	Farewell(ListenerContext listener) {
		this.listener = listener;
	}

	/** Sends it to a session. */
	void say(Session session) {
		try {
			byte[] farewell = payload(session);
			if (farewell != null) {
				session.sends().farewell(farewell);
			}
		}
		catch (Throwable ex) {
			// A framing may refuse it with any exception, which must not keep the
			// sessions from ending.
			warn(ex);
		}
	}

	/** Returns it for a session, or {@code null} if there is none. */
	byte @Nullable [] bytes(Session session) {
		try {
			return payload(session);
		}
		catch (Throwable ex) {
			warn(ex);
			return null;
		}
	}

	/** In the charset with which the session has begun. */
	private byte @Nullable [] payload(Session session) {
		Object payload = this.listener.spec().farewellPayload();
		return (payload != null) ? session.sends().bytes(payload) : null;
	}

	private void warn(Throwable failure) {
		if (this.refused.compareAndSet(false, true)) {
			logger.warn("Server '{}': the farewell could not be sent: {}", this.listener.spec().label(),
					failure.toString());
		}
	}

}
