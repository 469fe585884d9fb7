package dev.socketserver.engine.gate;

import org.jspecify.annotations.Nullable;

/**
 * What one session has to keep to: until its login a phase, which has its rates; then the
 * rates alone. One reference for both keeps a session small.
 */
sealed interface Terms permits LoginPhase, SessionRates {

	/** Returns the time until its login, if it is not over. */
	@Nullable LoginPhase login();

	/** Returns how fast its peer may send, if that is limited. */
	@Nullable SessionRates rates();

}
