package dev.socketserver;

import java.util.Map;

/**
 * The counters of sessions, at a server or of a client, monotone while the application
 * lives: a restart does not reset them. Reading costs a sum over a few cells and never
 * blocks traffic.
 */
public interface SessionStatistics {

	/**
	 * Returns how many sessions ended.
	 * @return the counts by reason; without entries of zero
	 */
	Map<CloseReason, Long> closed();

	/**
	 * Returns how long the sessions that ended had lasted together, in nanoseconds.
	 * @return the sums by reason; without entries for reasons that did not occur
	 */
	Map<CloseReason, Long> lifetimeNanos();

	/**
	 * Returns how many bytes were read from sockets.
	 * @return the count
	 */
	long bytesReceived();

	/**
	 * Returns how many bytes the operating system has taken.
	 * @return the count
	 */
	long bytesSent();

	/**
	 * Returns how many frames were read (raw framing: pieces).
	 * @return the count
	 */
	long messagesReceived();

	/**
	 * Returns how many frames the operating system has taken (raw framing: writes).
	 * @return the count
	 */
	long messagesSent();

	/**
	 * Returns how many frames were dropped because too many waited for their handler.
	 * @return the number
	 */
	long inboundDropped();

	/**
	 * Returns how many sends were dropped because too many waited for their peer, with
	 * {@link OutboundOverflow#DROP_NEWEST} or {@link OutboundOverflow#DROP_OLDEST}.
	 * @return the number
	 */
	long outboundDropped();

	/**
	 * Returns how many sends were refused because too many waited for their peer, with
	 * {@link OutboundOverflow#FAIL}; with {@link OutboundOverflow#BLOCK}, if the sender
	 * must not wait; or with {@link OutboundOverflow#CLOSE}, which then also ends the
	 * session.
	 * @return the number
	 */
	long outboundRefused();

	/**
	 * Returns how many calls of handlers have ended: one for each frame of a message
	 * handler, one for each session of a stream or conversation handler.
	 * @return the counts by outcome; without entries of zero
	 */
	Map<HandlerOutcome, Long> handlerCalls();

	/**
	 * Returns how long the calls of {@link #handlerCalls()} have lasted together, in
	 * nanoseconds. It is measured once for all frames that are handled in one go and
	 * divided among the outcomes by their number. Replies that come later than a call
	 * returns are not in it.
	 * @return the sums by outcome; without entries for outcomes that did not occur
	 */
	Map<HandlerOutcome, Long> handlerNanos();

	/**
	 * Returns how many calls of message handlers were reported as stuck, because they
	 * lasted longer than {@link SessionSpec.Timeouts#handler()}.
	 * @return the number
	 */
	long stuckCalls();

	/**
	 * Returns how many sessions have a handler that was reported as stuck and has not
	 * returned yet. That is no counter, but tells what is now.
	 * @return the number
	 */
	long stuckSessions();

	/**
	 * Returns how many TLS handshakes ended.
	 * @return the counts by outcome; without entries of zero
	 */
	Map<TlsOutcome, Long> handshakes();

	/**
	 * Returns how long the TLS handshakes that ended had taken together, in nanoseconds.
	 * @return the sums by outcome; without entries for outcomes that did not occur
	 */
	Map<TlsOutcome, Long> handshakeNanos();

}
