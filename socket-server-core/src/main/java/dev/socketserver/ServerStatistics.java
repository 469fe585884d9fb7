package dev.socketserver;

import java.util.Map;

/**
 * The counters of a server, monotone while the application lives: a restart does not
 * reset them. {@link #active()}, {@link #pending()}, {@link #maxSessions()} and
 * {@link #stuckSessions()} are no counters, but tell what is now. Reading costs a sum
 * over a few cells and never blocks traffic.
 */
public interface ServerStatistics extends SessionStatistics {

	/**
	 * Returns how many connections were accepted from the operating system, those
	 * rejected included.
	 * @return the count
	 */
	long accepted();

	/**
	 * Returns how many sessions began.
	 * @return the count
	 */
	long opened();

	/**
	 * Returns how many sessions are open now.
	 * @return the count
	 */
	long active();

	/**
	 * Returns how many sessions there may be at a time, in the last run of the server:
	 * {@link ServerSpec.Limits#sessions()}, or as many as the operating system had
	 * descriptors for when it started.
	 * @return the number, 0 if the server was never started
	 */
	int maxSessions();

	/**
	 * Returns how many connections are accepted now and not sessions yet.
	 * @return the count
	 */
	long pending();

	/**
	 * Returns how many connections ended before they became sessions and were not
	 * refused: because their peer left, as a load balancer does that only checks whether
	 * somebody listens, because no session could be made, or because the server stopped.
	 * @return the count; with it, {@link #rejected}, {@link #opened} and {@link #pending}
	 * make {@link #accepted}
	 */
	long abandoned();

	/**
	 * Returns how many connections were refused before they became sessions.
	 * @return the counts by reason; without entries of zero
	 */
	Map<RejectReason, Long> rejected();

	/**
	 * Returns how often the listening socket was lost, while the server was to listen,
	 * and another was opened on the same port.
	 * @return the number
	 */
	long listenersReplaced();

	/**
	 * Returns how many frames handlers have been given (raw framing: pieces). When
	 * nothing is under way, {@link #messagesReceived()} is the sum of this,
	 * {@link #inboundDropped()} and {@link #inboundDiscarded()}.
	 * @return the number
	 */
	long messagesHandled();

	/**
	 * Returns how many frames were read that no handler was given, or not in whole,
	 * because their session ended before.
	 * @return the number
	 */
	long inboundDiscarded();

	/**
	 * Returns how many writes were accepted and never left, because the connection ended
	 * before.
	 * @return the number
	 */
	long outboundFailed();

	/**
	 * Returns how many bytes the writes of {@link #outboundFailed()} had.
	 * @return the number
	 */
	long outboundFailedBytes();

	/**
	 * Returns how many of the {@link #bytesReceived() bytes received} became part of no
	 * frame: half a frame at the end of the input, what did not fit the framing with all
	 * that came behind it, and what came when the session was closing. When nothing is
	 * under way, the others are those of the {@link #messagesReceived() frames}, with
	 * what their framing skips between them.
	 * @return the number
	 */
	long bytesDiscarded();

}
