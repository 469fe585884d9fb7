package dev.socketserver.engine.gate;

import org.jspecify.annotations.Nullable;

/**
 * What one session may do that has to prove itself. Absent for all others. Safe for use
 * by several threads.
 */
public final class SessionGate {

	private volatile @Nullable LoginPhase login;

	/**
	 * Returns the time until the session is logged in.
	 * @return the phase, or {@code null} if it is over
	 */
	public @Nullable LoginPhase login() {
		return this.login;
	}

	/**
	 * Begins or ends that time.
	 * @param login the phase, or {@code null} if it is over
	 */
	public void login(@Nullable LoginPhase login) {
		this.login = login;
	}

}
