package dev.socketserver.engine.requests;

/**
 * Whether it is decided what becomes of a {@link Request}. The first decision counts.
 *
 * <pre>
 *   OPEN ──the reply arrives──▶ REPLIED
 *    └──failed, cancelled, or too late──▶ SETTLED
 * </pre>
 */
enum RequestState {

	/** It waits for its reply. */
	OPEN,

	/** The reply has arrived, in time. */
	REPLIED,

	/** There will be no reply. */
	SETTLED

}
