package dev.socketserver.engine.server;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ListenerSpec;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What sessions of one listener are sent before they end, if there is something. However
 * often they are notified, each gets it once. Safe for use by several threads.
 */
final class Farewell {

	private static final SafeLogger logger = SafeLogger.of(ServerRun.class);

	private final ListenerSpec spec;

	private final Payloads payloads;

	private final AtomicBoolean refused = new AtomicBoolean();

	Farewell(ListenerSpec spec, Payloads payloads) {
		this.spec = spec;
		this.payloads = payloads;
	}

	/** Sends it to a session. */
	void say(Session session) {
		try {
			byte[] farewell = payload();
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

	/** Returns it, or {@code null} if there is none. */
	byte @Nullable [] bytes() {
		try {
			return payload();
		}
		catch (Throwable ex) {
			warn(ex);
			return null;
		}
	}

	private byte @Nullable [] payload() {
		Object payload = this.spec.farewellPayload();
		return (payload != null) ? this.payloads.bytes(payload) : null;
	}

	private void warn(Throwable failure) {
		if (this.refused.compareAndSet(false, true)) {
			logger.warn("Server '{}': the farewell could not be sent: {}", this.spec.label(), failure.toString());
		}
	}

}
