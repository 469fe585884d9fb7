package dev.socketserver;

import java.util.Map;

import dev.socketserver.spec.Limits;

/**
 * The counters of a server. They only grow while the application lives: a restart of the
 * server does not reset them. {@link #active()}, {@link #pending()},
 * {@link #maxSessions()} and {@link #stuckSessions()} are not counters, but current
 * values. Reading a counter is cheap and never blocks traffic.
 */
public interface ServerStatistics extends SessionStatistics {

	/**
	 * Returns how many connections were accepted from the operating system, including
	 * those that were then rejected.
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
	 * Returns how many sessions the server may have at a time, since its last start:
	 * {@link Limits#sessions()}, or fewer if there were not enough file descriptors for
	 * that many when it started.
	 * @return the number, 0 if the server was never started
	 */
	int maxSessions();

	/**
	 * Returns how many connections are accepted, but not sessions yet.
	 * @return the count
	 */
	long pending();

	/**
	 * Returns how many connections ended before they became sessions, without having been
	 * refused: because the peer left, as a load balancer does that only checks whether
	 * the port is open, because no session could be created, or because the server
	 * stopped.
	 * @return the count; together with {@link #rejected}, {@link #opened} and
	 * {@link #pending} it adds up to {@link #accepted}
	 */
	long abandoned();

	/**
	 * Returns how many connections were refused before they became sessions.
	 * @return the counts by reason; without entries of zero
	 */
	Map<RejectReason, Long> rejected();

	/**
	 * Returns how often the listening socket broke, and was replaced by another one on
	 * the same port.
	 * @return the number
	 */
	long listenersReplaced();

	/**
	 * Returns what has become of the datagrams of a server of UDP.
	 * @return the figures; all zero for other servers
	 */
	DatagramStatistics datagrams();

	/**
	 * Returns how many frames were given to handlers (with raw framing: pieces of the
	 * stream). When nothing is under way, {@link #messagesReceived()} is the sum of this,
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
	 * Returns how many writes were accepted but never sent, because the connection ended
	 * before that, or, of UDP, the datagram was refused. Of replies that were leaving
	 * together then, all count.
	 * @return the number
	 */
	long outboundFailed();

	/**
	 * Returns how many bytes were in the writes that {@link #outboundFailed()} counts.
	 * @return the number
	 */
	long outboundFailedBytes();

	/**
	 * Returns how many of the {@link #bytesReceived() bytes received} did not become part
	 * of a frame: an incomplete frame at the end of the input, bytes that did not follow
	 * the framing and everything after them, and whatever was received while the session
	 * was closing. When nothing is under way, all other bytes are those of the
	 * {@link #messagesReceived() frames}, and what the framing skips between them.
	 * @return the number
	 */
	long bytesDiscarded();

}
