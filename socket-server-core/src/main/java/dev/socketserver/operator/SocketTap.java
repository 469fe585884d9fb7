package dev.socketserver.operator;

import java.time.Instant;
import java.util.List;

import dev.socketserver.transcript.Transcript;

/**
 * A tap: keeps what some sessions receive and send, decrypted, for operators to look at.
 * All methods may be called from any thread, also while it runs.
 */
public interface SocketTap {

	/**
	 * Returns its id.
	 * @return the id, which no other tap of this application has had
	 */
	String id();

	/**
	 * Returns what was asked for, and by whom.
	 * @return the request
	 */
	TapRequest request();

	/**
	 * Returns when it was started.
	 * @return the time
	 */
	Instant startedAt();

	/**
	 * Returns its state.
	 * @return the state
	 */
	State state();

	/**
	 * Returns how many sessions it has tapped so far.
	 * @return the number
	 */
	int sessions();

	/**
	 * Returns how many bytes of payload it holds.
	 * @return the number, at most what was asked for
	 */
	long bytes();

	/**
	 * Returns how many bytes of payload were dropped: for want of room, because a mask
	 * has failed or was too slow, or, with masks, because they are no frame.
	 * @return the number of bytes
	 */
	long dropped();

	/**
	 * Returns when it ends, or has ended.
	 * @return the time
	 */
	Instant endsAt();

	/**
	 * Returns what was tapped so far.
	 * @return the transcript; payloads are as they were received, or frames where there
	 * are masks
	 */
	Transcript transcript();

	/**
	 * Returns what was tapped so far, with the time of each message.
	 * @return the messages and ends of sessions, in the order in which they happened
	 */
	List<TapMessage> messages();

	/**
	 * Returns what was tapped so far as a capture, which Wireshark opens. The packets are
	 * made up; their addresses, their times and the bytes in them are those of the
	 * sessions.
	 * @return a file in the format of libpcap
	 */
	byte[] pcap();

	/** Whether it keeps anything more. */
	enum State {

		/** It keeps what its sessions receive and send. */
		RUNNING,

		/**
		 * Its time is up, it is full, or an operator has ended it, and it has kept what
		 * it had room for.
		 */
		ENDED

	}

}
