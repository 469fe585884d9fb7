package dev.socketserver.client;

import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.HandlerOutcome;
import dev.socketserver.TlsOutcome;

/**
 * The counters of a client, monotone while the application lives: a restart does not
 * reset them. Reading costs a sum over a few cells and never blocks traffic.
 */
public interface ClientStatistics {

	/**
	 * Returns how many attempts to connect were begun. When none is under way, that is
	 * the sum of {@link #connected()}, {@link #failed()} and {@link #cancelled()}.
	 * @return the count
	 */
	long attempts();

	/**
	 * Returns how many attempts have made a connection.
	 * @return the count
	 */
	long connected();

	/**
	 * Returns how many attempts have failed.
	 * @return the counts by reason; without entries of zero
	 */
	Map<ConnectFailure, Long> failed();

	/**
	 * Returns how many attempts came to nothing because the client was stopped, closed or
	 * suspended meanwhile.
	 * @return the count
	 */
	long cancelled();

	/**
	 * Returns how many connections have ended. Less than {@link #connected()} by one
	 * while the client is connected, and until the handler of the last connection has
	 * been told.
	 * @return the counts by reason; without entries of zero
	 */
	Map<CloseReason, Long> closed();

	/**
	 * Returns how long the connections that ended had lasted together, in nanoseconds.
	 * @return the sums by reason; without entries for reasons that did not occur
	 */
	Map<CloseReason, Long> lifetimeNanos();

	/**
	 * Returns how many bytes were received.
	 * @return the count
	 */
	long bytesReceived();

	/**
	 * Returns how many bytes the operating system has taken.
	 * @return the count
	 */
	long bytesSent();

	/**
	 * Returns how many frames were received.
	 * @return the count
	 */
	long messagesReceived();

	/**
	 * Returns how many frames the operating system has taken.
	 * @return the count
	 */
	long messagesSent();

	/**
	 * Returns how many frames were dropped because too many waited to be handled or
	 * received.
	 * @return the count
	 */
	long inboundDropped();

	/**
	 * Returns how many payloads were accepted by {@link SocketClient#send} and
	 * {@link SocketClient#ask}. When nothing waits, that is the sum of
	 * {@link #delivered()}, {@link #undelivered()} and {@link #outboundDropped()}.
	 * @return the count
	 */
	long accepted();

	/**
	 * Returns how many accepted payloads the operating system has taken as a whole.
	 * @return the count
	 */
	long delivered();

	/**
	 * Returns how many accepted payloads will never be sent: the client was stopped or
	 * closed before, or nobody waits for the reply any more.
	 * @return the count
	 */
	long undelivered();

	/**
	 * Returns how many accepted payloads were dropped to make room for others
	 * ({@link dev.socketserver.OutboundOverflow#DROP_OLDEST}).
	 * @return the count
	 */
	long outboundDropped();

	/**
	 * Returns how many payloads were sent again from their start, because the connection
	 * had ended before the operating system had taken all of them.
	 * @return the count
	 */
	long repeated();

	/**
	 * Returns how many payloads were refused for want of room.
	 * @return the count
	 */
	long outboundRefused();

	/**
	 * Returns how many payloads wait to be sent.
	 * @return the number
	 */
	int pending();

	/**
	 * Returns how many bytes wait to be sent.
	 * @return the number
	 */
	long pendingBytes();

	/**
	 * Returns how many requests wait for their replies.
	 * @return the number
	 */
	int pendingReplies();

	/**
	 * Returns how many replies came too late, or to no request, and were dropped.
	 * @return the count
	 */
	long repliesDropped();

	/**
	 * Returns how many calls of handlers have ended.
	 * @return the counts by outcome; without entries of zero
	 */
	Map<HandlerOutcome, Long> handlerCalls();

	/**
	 * Returns how long the calls of {@link #handlerCalls()} have lasted together, in
	 * nanoseconds.
	 * @return the sums by outcome; without entries for outcomes that did not occur
	 */
	Map<HandlerOutcome, Long> handlerNanos();

	/**
	 * Returns how many calls of message handlers were reported as stuck.
	 * @return the number
	 */
	long stuckCalls();

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
