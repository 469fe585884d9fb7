package dev.socketserver.engine.tap;

import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

/** Logs who has tapped what, and never what was in it. */
final class TapLog {

	/** A logger of its own, so that its lines can go to a place of their own. */
	static final String NAME = "dev.socketserver.tap.audit";

	private static final SafeLogger logger = SafeLogger.of(NAME);

	void started(Tap tap) {
		TapRequest request = tap.request();
		logger.info("{} began for {}: {}, {} s, {} bytes", tap.id(), LogText.of(request.requestedBy()),
				LogText.of(selectors(request)), request.duration().toMillis() / 1000.0, request.bytes());
	}

	void ended(Tap tap, String why) {
		logger.info("{} of {} ended, since {}: {} sessions, {} bytes, {} bytes dropped", tap.id(),
				LogText.of(tap.request().requestedBy()), LogText.of(why), tap.sessions(), tap.bytes(), tap.dropped());
	}

	void removed(Tap tap, String by) {
		logger.info("{} of {} was deleted by {}", tap.id(), LogText.of(tap.request().requestedBy()), LogText.of(by));
	}

	private static String selectors(TapRequest request) {
		StringBuilder text = new StringBuilder(request.next() ? "the next connection" : "sessions");
		append(text, "session", request.session());
		append(text, "server", request.server());
		append(text, "client", request.client());
		append(text, "bound", (request.bound() != null) ? request.bound().type() + ":" + request.bound().id() : null);
		append(text, "remote", request.remote());
		return text.toString();
	}

	private static void append(StringBuilder text, String name, @Nullable Object value) {
		if (value != null) {
			text.append(' ').append(name).append('=').append(value);
		}
	}

}
