package dev.socketserver.engine.tap;

/**
 * What a tap does.
 *
 * <pre>
 *   RUNNING ──full──▶ FULL ──end──▶ ENDED
 *      └──────────────end──────────▲
 * </pre>
 */
enum TapState {

	/** It keeps what its sessions receive and send. */
	RUNNING,

	/**
	 * It has as many bytes as were asked for, and counts what it drops. To operators it
	 * has ended when it has kept these.
	 */
	FULL,

	/** Its time is up, or an operator has ended it. No session is tapped any more. */
	ENDED

}
