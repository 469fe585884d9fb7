package dev.socketserver.framing;

/**
 * Why what was received is dropped although the session goes on. A gap is any number of
 * bytes between two frames, and is counted once however its bytes arrive.
 */
public enum DropReason {

	/** A frame in which another one has started: one for each frame. */
	RESTART,

	/**
	 * Bytes in front of the first bytes that a frame can begin with: one for each gap.
	 */
	SYNC,

	/** Bytes with which no case of a {@code switch} begins: one for each byte. */
	SWITCH,

	/** Frames that are impossible or too long: one for each frame. */
	BAD,

	/** Frames that were not complete in time: one for each frame. */
	TIMEOUT,

	/**
	 * Frames whose checksum is wrong: one for each frame, also if the handler receives it
	 * or the session is closed for it.
	 */
	CHECKSUM

}
