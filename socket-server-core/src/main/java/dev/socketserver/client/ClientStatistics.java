package dev.socketserver.client;

import java.util.Map;

import dev.socketserver.SessionStatistics;

/**
 * The counters of a client. They only grow while the application lives: a restart of the
 * client does not reset them. {@link #pending()}, {@link #pendingBytes()} and
 * {@link #pendingReplies()} are not counters, but current values. Reading is cheap and
 * never blocks traffic.
 */
public interface ClientStatistics extends SessionStatistics {

	/**
	 * Returns how many attempts to connect were begun. When none is under way, this is
	 * the sum of {@link #connected()}, {@link #failed()} and {@link #cancelled()}.
	 * @return the count
	 */
	long attempts();

	/**
	 * Returns how many attempts to connect have succeeded.
	 * @return the count
	 */
	long connected();

	/**
	 * Returns how many attempts to connect have failed.
	 * @return the counts by reason; without entries of zero
	 */
	Map<ConnectFailure, Long> failed();

	/**
	 * Returns how many attempts to connect were given up, because the client was stopped,
	 * closed or suspended meanwhile.
	 * @return the count
	 */
	long cancelled();

	/**
	 * Returns how many payloads were accepted by {@link SocketClient#send} and
	 * {@link SocketClient#ask}. When nothing waits, this is the sum of
	 * {@link #delivered()}, {@link #undelivered()} and {@link #outboundDropped()}.
	 * @return the count
	 */
	long accepted();

	/**
	 * Returns how many accepted payloads the operating system has taken completely.
	 * @return the count
	 */
	long delivered();

	/**
	 * Returns how many accepted payloads will never be sent, because the client was
	 * stopped or closed before, the connection could not encode them, or no caller waits
	 * for the reply any more.
	 * @return the count
	 */
	long undelivered();

	/**
	 * Returns how many payloads were sent again from their start, because the connection
	 * had ended before the operating system had taken all of them.
	 * @return the count
	 */
	long repeated();

	/**
	 * Returns how many payloads wait to be sent.
	 * @return the number
	 */
	int pending();

	/**
	 * Returns how many bytes wait to be sent: those of the payloads of
	 * {@link #pending()}, and what the handler has sent on the connection.
	 * @return the number
	 */
	long pendingBytes();

	/**
	 * Returns how many requests wait for their replies.
	 * @return the number
	 */
	int pendingReplies();

	/** Why another connection takes the place of one of a client. */
	enum RotationReason {

		/** It is as old as {@link ClientPool#maxAge()} allows, plus or minus a tenth. */
		AGE,

		/** An earlier address is available again. */
		FAIL_BACK,

		/** Somebody has called {@link SocketClient#rotate()}, or an operator wants it. */
		OPERATOR

	}

}
