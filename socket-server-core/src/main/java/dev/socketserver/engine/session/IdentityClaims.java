package dev.socketserver.engine.session;

import dev.socketserver.BindPolicy;

/**
 * Decides who has an identity where sessions of other nodes may have it, too.
 *
 * @param <S> the type of sessions
 */
public interface IdentityClaims<S> {

	/**
	 * Claims an identity for a session, and waits for the decision. Gives it to the
	 * session by {@code SessionRegistry.bindHere}.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param policy what to do if another session has it
	 * @return whether the session has it
	 * @throws IllegalStateException if the calling thread is an I/O thread
	 */
	boolean bind(S session, String type, String id, BindPolicy policy);

	/**
	 * A session has an identity no longer.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	void release(S session, String type, String id);

}
