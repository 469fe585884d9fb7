package dev.socketserver;

import java.util.Map;

import dev.socketserver.framing.DropReason;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.Timeouts;

/**
 * The counters of the sessions of a server or client. They only grow while the
 * application lives: a restart does not reset them. Reading a counter is cheap and never
 * blocks traffic.
 */
public interface SessionStatistics {

	/**
	 * Returns how many sessions have ended.
	 * @return the counts by reason; without entries of zero
	 */
	Map<CloseReason, Long> closed();

	/**
	 * Returns the total duration of the sessions that have ended, in nanoseconds.
	 * @return the sums by reason; without entries for reasons that did not occur
	 */
	Map<CloseReason, Long> lifetimeNanos();

	/**
	 * Returns how many bytes were read from sockets.
	 * @return the count
	 */
	long bytesReceived();

	/**
	 * Returns how many bytes were sent, which means that the operating system has taken
	 * them.
	 * @return the count
	 */
	long bytesSent();

	/**
	 * Returns how many frames were read (with raw framing: pieces of the stream).
	 * @return the count
	 */
	long messagesReceived();

	/**
	 * Returns how many frames (with raw framing: writes) were sent, which means that the
	 * operating system has taken them.
	 * @return the count
	 */
	long messagesSent();

	/**
	 * Returns what framings have dropped while the session went on: frames, bytes or
	 * gaps, as {@link DropReason} says of each reason.
	 * @return the counts by reason; without entries of zero
	 */
	Map<DropReason, Long> framesDropped();

	/**
	 * Returns how many frames were dropped because too many waited for the handler.
	 * @return the number
	 */
	long inboundDropped();

	/**
	 * Returns how many sends were dropped because too much output waited for the peer,
	 * with {@link OutboundOverflow#DROP_NEWEST} or {@link OutboundOverflow#DROP_OLDEST}.
	 * @return the number
	 */
	long outboundDropped();

	/**
	 * Returns how many sends were refused because too much output waited for the peer:
	 * with {@link OutboundOverflow#FAIL}; with {@link OutboundOverflow#BLOCK} where the
	 * sender must not wait; and with {@link OutboundOverflow#CLOSE}, which also ends the
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
	 * Returns the total duration of the calls that {@link #handlerCalls()} counts, in
	 * nanoseconds. The clock is read once for all frames that are handled in one go, and
	 * the time is divided among the outcomes by their number. The time until a reply
	 * comes that is later than the return of the call is not included.
	 * @return the sums by outcome; without entries for outcomes that did not occur
	 */
	Map<HandlerOutcome, Long> handlerNanos();

	/**
	 * Returns how many calls of message handlers were reported as stuck, because they
	 * lasted longer than {@link Timeouts#handler()}.
	 * @return the number
	 */
	long stuckCalls();

	/**
	 * Returns how many sessions have a handler that was reported as stuck and has not
	 * returned yet. Unlike the others this is no counter, but the number of this moment.
	 * @return the number
	 */
	long stuckSessions();

	/**
	 * Returns how many TLS handshakes have ended.
	 * @return the counts by outcome; without entries of zero
	 */
	Map<TlsOutcome, Long> handshakes();

	/**
	 * Returns the total duration of the TLS handshakes that have ended, in nanoseconds.
	 * @return the sums by outcome; without entries for outcomes that did not occur
	 */
	Map<TlsOutcome, Long> handshakeNanos();

	/**
	 * Returns how many requests to peers have ended.
	 * @return the counts by outcome; without entries of zero
	 */
	Map<RequestOutcome, Long> requests();

	/**
	 * Returns how long the requests that have ended have taken together, in nanoseconds,
	 * from the call of {@code ask} to the outcome.
	 * @return the times by outcome; without entries of zero
	 */
	Map<RequestOutcome, Long> requestNanos();

	/**
	 * Returns how many replies were dropped, because they arrived too late or belonged to
	 * no request.
	 * @return the count
	 */
	long repliesDropped();

	/** How a call of a handler ended. */
	enum HandlerOutcome {

		/** It returned. */
		SUCCESS,

		/**
		 * It threw, even if the handler then recovered from that; or the frame could not
		 * be converted to what the handler takes.
		 */
		ERROR

	}

	/** How a TLS handshake ended. */
	enum TlsOutcome {

		/** The session began. */
		SUCCESS,

		/**
		 * The peer, or we, could not agree to the connection, or the peer has gone, or it
		 * was not wanted any more.
		 */
		FAILURE,

		/** It was not complete in time. */
		TIMEOUT

	}

	/** What became of a request, which is a call of {@code ask}. */
	enum RequestOutcome {

		/** The reply has arrived in time. */
		SUCCESS,

		/** No reply has arrived in time, though the server may have the request. */
		TIMEOUT,

		/**
		 * It was not sent in time: there was no connection, or no room on it (the future
		 * fails with a {@code RequestNotSentException}).
		 */
		NOT_SENT,

		/**
		 * It failed for another reason: the connection was lost before the reply had
		 * arrive, the client was stopped or closed, there was no room for the request, or
		 * it could not be encoded.
		 */
		FAILURE,

		/**
		 * The application has cancelled or completed the future before the reply had
		 * come, with {@code orTimeout} for example.
		 */
		CANCELLED

	}

}
