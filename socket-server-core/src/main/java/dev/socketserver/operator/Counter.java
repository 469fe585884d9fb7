package dev.socketserver.operator;

import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.DatagramDrop;
import dev.socketserver.RejectReason;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.framing.DropReason;
import dev.socketserver.spec.gate.OnExceeded;

/**
 * Everything that is counted of a server or a client, each event at one place. A counter
 * is a single number, or one for each constant of an enum; of some events it also has how
 * long they took. Statistics and meters are sums of these, and endpoints and log lines
 * show statistics.
 */
public enum Counter {

	// Sessions, of servers and clients.

	/** Sessions that have opened. */
	OPENED,

	/** Sessions that have ended, and how long they had lasted. */
	CLOSED(CloseReason.class, true),

	/** TLS handshakes that have ended, and how long they had taken. */
	HANDSHAKES(TlsOutcome.class, true),

	/** Bytes that were received. */
	BYTES_RECEIVED,

	/** Bytes that were received and are part of no frame. */
	BYTES_DISCARDED,

	/** What framings have dropped, while the session went on. */
	FRAMES_DROPPED(DropReason.class),

	/** Messages that were received. */
	MESSAGES_RECEIVED,

	/** Frames that were dropped where they waited for the handler, or to be received. */
	INBOUND_DROPPED,

	/** Frames that no handler was given, since the session ended. */
	INBOUND_DISCARDED,

	/** Frames that a handler was given, and has returned from or taken. */
	MESSAGES_HANDLED,

	/** Those of them that no method of the handler was for, and that were ignored. */
	MESSAGES_UNMAPPED,

	/** Calls of handlers that have ended, and how long they had lasted. */
	HANDLER_CALLS(HandlerOutcome.class, true),

	/** Calls of handlers that have lasted too long. */
	STUCK_CALLS,

	/** Those of them that have returned, or are not watched any more. */
	STUCK_RETURNED,

	/** Bytes that the operating system has taken. */
	BYTES_SENT,

	/** Messages that the operating system has taken. */
	MESSAGES_SENT,

	/** Sends that were refused for want of room; of a client, payloads too. */
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

	/** What peers have sent faster than they may, and pauses for that. */
	RATE_EXCEEDED(OnExceeded.class),

	/** Sessions that had to log in, by what has become of that. */
	LOGINS(LoginOutcome.class),

	/** Datagrams that were received. */
	DATAGRAMS_RECEIVED,

	/** Datagrams that the operating system has taken. */
	DATAGRAMS_SENT,

	/** Datagrams that were dropped. */
	DATAGRAMS_DROPPED(DatagramDrop.class),

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

	/** Requests of which it is decided what becomes of them, and how long that took. */
	REQUESTS(RequestOutcome.class, true),

	/** Payloads that a client has accepted. */
	CLIENT_ACCEPTED,

	/** Those of them that the operating system has taken. */
	CLIENT_DELIVERED,

	/** Those of them that will never be sent. */
	CLIENT_UNDELIVERED,

	/** Those of them that were dropped for others. */
	CLIENT_DROPPED,

	/** Connections of which another has taken the place. */
	ROTATIONS(RotationReason.class),

	/** Those of them that were sent on another connection again. */
	CLIENT_REPEATED,

	/** Replies for which no caller waited any more. */
	REPLIES_DROPPED;

	private final List<Enum<?>> labels;

	private final boolean timed;

	Counter() {
		this.labels = List.of();
		this.timed = false;
	}

	Counter(Class<? extends Enum<?>> labels) {
		this(labels, false);
	}

	Counter(Class<? extends Enum<?>> labels, boolean timed) {
		this.labels = List.of(labels.getEnumConstants());
		this.timed = timed;
	}

	/**
	 * Returns the constants for which it has a number each.
	 * @return the constants in their order; none if it has one number only
	 */
	public List<Enum<?>> labels() {
		return this.labels;
	}

	/**
	 * Returns whether it also has how long the events took.
	 * @return {@code true} if so
	 */
	public boolean isTimed() {
		return this.timed;
	}

}
