package dev.socketserver.engine.stats;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.client.ConnectFailure;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted of a server or a client, each event at one place. A counter
 * is a single number, or one for each constant of an enum. Statistics are sums of these,
 * and meters, endpoints and log lines show statistics.
 */
public enum Counter {

	// Sessions, of servers and clients.

	/** Sessions that have opened. */
	OPENED,

	/** Sessions that have ended. */
	CLOSED(CloseReason.class),

	/** How long they had lasted, in nanoseconds. */
	LIFETIME_NANOS(CloseReason.class),

	/** TLS handshakes that have ended. */
	HANDSHAKES(TlsOutcome.class),

	/** How long they had taken, in nanoseconds. */
	HANDSHAKE_NANOS(TlsOutcome.class),

	/** Bytes that were received. */
	BYTES_RECEIVED,

	/** Bytes that were received and are part of no frame. */
	BYTES_DISCARDED,

	/** Messages that were received. */
	MESSAGES_RECEIVED,

	/** Frames that were dropped where they waited for the handler. */
	INBOUND_DROPPED,

	/** Frames that no handler was given, since the session ended. */
	INBOUND_DISCARDED,

	/** Frames that a handler was given, and has returned from or taken. */
	MESSAGES_HANDLED,

	/** Calls of handlers that have ended. */
	HANDLER_CALLS(HandlerOutcome.class),

	/** How long they had lasted, in nanoseconds. */
	HANDLER_NANOS(HandlerOutcome.class),

	/** Calls of handlers that have lasted too long. */
	STUCK_CALLS,

	/** Those of them that have returned, or are not watched any more. */
	STUCK_RETURNED,

	/** Bytes that the operating system has taken. */
	BYTES_SENT,

	/** Messages that the operating system has taken. */
	MESSAGES_SENT,

	/** Sends that were refused for want of room. */
	OUTBOUND_REFUSED,

	/** Writes that were dropped: the oldest for a later one, or the newest. */
	OUTBOUND_DROPPED,

	/** Writes that were accepted and will never leave. */
	OUTBOUND_FAILED,

	/** The bytes of these. */
	OUTBOUND_FAILED_BYTES,

	// Servers.

	/** Connections that were taken from the operating system. */
	ACCEPTED,

	/** Those of them that were refused. */
	REJECTED(RejectReason.class),

	/** Those of them that have ended before they became sessions. */
	ABANDONED,

	/** Listening sockets that were lost, and replaced on the same port. */
	LISTENERS_REPLACED,

	// Clients.

	/** Attempts to connect that have begun. */
	ATTEMPTS,

	/** Those of them that have succeeded. */
	CONNECTED,

	/** Those of them that were given up, since they were not wanted any more. */
	CANCELLED,

	/** Those of them that have failed. */
	CONNECT_FAILED(ConnectFailure.class),

	// Requests, of sessions and of clients.

	/** Requests of which it is decided what becomes of them. */
	REQUESTS(RequestOutcome.class),

	/** How long that had taken, in nanoseconds. */
	REQUEST_NANOS(RequestOutcome.class),

	/** Payloads that a client has accepted. */
	CLIENT_ACCEPTED,

	/** Those of them that the operating system has taken. */
	CLIENT_DELIVERED,

	/** Those of them that will never be sent. */
	CLIENT_UNDELIVERED,

	/** Those of them that were dropped for others. */
	CLIENT_DROPPED,

	/** Those of them that were sent on another connection again. */
	CLIENT_REPEATED,

	/** Payloads that a client has refused for want of room. */
	CLIENT_REFUSED,

	/** Replies for which nobody waited any more. */
	REPLIES_DROPPED,

	/** Payloads that were received, and dropped where they waited for the application. */
	RECEIVED_DROPPED;

	static final int NUMBERS;

	static {
		int numbers = 0;
		for (Counter counter : values()) {
			counter.first = numbers;
			numbers += (counter.labels != null) ? counter.labels.length : 1;
		}
		NUMBERS = numbers;
	}

	private final Enum<?> @Nullable [] labels;

	/** The index of the first of its numbers. */
	private int first;

	Counter() {
		this.labels = null;
	}

	Counter(Class<? extends Enum<?>> labels) {
		this.labels = labels.getEnumConstants();
	}

	/** Returns the index of its only number. */
	int index() {
		return this.first;
	}

	/** Returns the index of its number for a constant. */
	int index(Enum<?> label) {
		return this.first + label.ordinal();
	}

	/** Returns the constants for which it has numbers. */
	Enum<?>[] labels() {
		if (this.labels == null) {
			throw new IllegalStateException(this + " has one number only");
		}
		return this.labels;
	}

}
