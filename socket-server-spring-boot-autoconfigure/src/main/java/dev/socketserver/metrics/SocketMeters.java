package dev.socketserver.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec.Side;
import dev.socketserver.operator.Counter;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of servers and clients, whose names, types, units and tags dashboards rely
 * on: the table of what each shows of which {@link Counter}. Where the name has a
 * {@code %s}, servers and clients have the meter alike, as {@code socket.server.received}
 * and {@code socket.client.received}. Each has the tag {@code server} or {@code client},
 * except for those of the memory that all share. No tag ever identifies a peer or a
 * session. Counters only grow: neither a restart nor a new connection resets them. Timers
 * have a number and a sum; a maximum and percentiles only where
 * {@link SocketServerMetrics} and {@link SocketClientMetrics} were made with that. With
 * raw framing, a frame is a piece of input, or a write.
 */
public enum SocketMeters implements MeterDocumentation {

	// Servers and clients.

	/** Bytes read from sockets. */
	RECEIVED("socket.%s.received", BaseUnits.BYTES, "Bytes received", Counter.BYTES_RECEIVED),

	/** Bytes that the operating system has taken. */
	SENT("socket.%s.sent", BaseUnits.BYTES, "Bytes sent", Counter.BYTES_SENT),

	/** Frames read. */
	MESSAGES_RECEIVED("socket.%s.messages.received", null, "Frames received", Counter.MESSAGES_RECEIVED),

	/** Frames that the operating system has taken. */
	MESSAGES_SENT("socket.%s.messages.sent", null, "Frames sent", Counter.MESSAGES_SENT),

	/** Frames dropped by {@code on-unmapped}: no method of the handler was for them. */
	MESSAGES_UNMAPPED("socket.%s.messages.unmapped", null, "Frames that no method of the handler is for",
			Counter.MESSAGES_UNMAPPED),

	/**
	 * Frames dropped by {@code inbound.overflow}: too much waited for the handler. Of a
	 * client also those that waited for room to be received when their connection was
	 * closed.
	 */
	INBOUND_DROPPED("socket.%s.inbound.dropped", null, "Frames dropped for want of room", Counter.INBOUND_DROPPED),

	/**
	 * Frames read that handlers have not handled yet. Of a client those of the present
	 * connection, without those that wait to be received where there is no handler.
	 */
	INBOUND_PENDING("socket.%s.inbound.pending", "frames", "Frames waiting for the handler"),

	/**
	 * Bytes accepted for sending that the operating system has not taken yet. Of a client
	 * also while it is not connected, with those that the handler has sent.
	 */
	OUTBOUND_PENDING("socket.%s.outbound.pending", BaseUnits.BYTES, "Bytes waiting to be sent"),

	/**
	 * Count and total time of calls of handlers: one for each frame of a message handler,
	 * one for each session of a stream or conversation handler. Without the time until a
	 * reply that is later than the call. Of a handler with several methods for messages
	 * each has its own, with the tag {@code method}.
	 */
	HANDLER("socket.%s.handler", null, "Calls of handlers", Counter.HANDLER_CALLS, Tag.OUTCOME),

	/** Calls of handlers that were reported as stuck, after {@code timeouts.handler}. */
	HANDLER_STUCK("socket.%s.handler.stuck", null, "Handler calls reported as stuck", Counter.STUCK_CALLS),

	/** Count and total duration of TLS handshakes. */
	TLS_HANDSHAKE("socket.%s.tls.handshake", null, "TLS handshakes", Counter.HANDSHAKES, Tag.OUTCOME),

	/** Replies that arrived too late, or to no request. */
	REPLIES_DROPPED("socket.%s.replies.dropped", null, "Replies that came too late, or to no request",
			Counter.REPLIES_DROPPED),

	/** Datagrams of UDP that were dropped. */
	DATAGRAMS_DROPPED("socket.%s.datagrams.dropped", null, "Datagrams of UDP that were dropped",
			Counter.DATAGRAMS_DROPPED, Tag.REASON),

	// Servers.

	/** Open sessions. */
	SERVER_SESSIONS_ACTIVE("socket.server.sessions.active", null, "Open sessions"),

	/**
	 * Open sessions whose handler was reported as stuck, after {@code timeouts.handler},
	 * and has not returned.
	 */
	SERVER_SESSIONS_STUCK("socket.server.sessions.stuck", null, "Sessions whose handler is stuck"),

	/** Sessions that a drain has still to end; 0 while the server does not drain. */
	DRAIN_REMAINING("socket.server.drain.remaining", null, "Sessions that are left to a drain"),

	/** What peers have sent faster than they may, and pauses for that. */
	RATE_EXCEEDED("socket.server.rate.exceeded", null, "Times that peers were too fast", Counter.RATE_EXCEEDED,
			Tag.ACTION),

	/** Sessions that had to log in, by what has become of that. */
	LOGINS("socket.server.logins", null, "Sessions that had to log in", Counter.LOGINS, Tag.OUTCOME),

	/** Open sessions that have to log in and have not. */
	UNAUTHENTICATED("socket.server.sessions.unauthenticated", null, "Sessions that are not logged in"),

	/** Addresses that are banned, for their offences or by operators. */
	BANS("socket.server.bans", null, "Addresses that are banned"),

	/** Accepted connections, including those that were rejected. */
	SESSIONS_ACCEPTED("socket.server.sessions.accepted", null, "Connections accepted, with those rejected",
			Counter.ACCEPTED),

	/**
	 * Connections accepted by one listener of a server that has several, with those
	 * rejected.
	 */
	LISTENER_ACCEPTED("socket.server.listener.accepted", null, "Connections accepted, by listener", Counter.ACCEPTED,
			Tag.LISTENER),

	/** Open sessions that came by one listener of a server that has several. */
	LISTENER_SESSIONS("socket.server.listener.sessions", null, "Open sessions, by listener", Tag.LISTENER),

	/** Connections refused before they became sessions. */
	SESSIONS_REJECTED("socket.server.sessions.rejected", null, "Connections refused before they became sessions",
			Counter.REJECTED, Tag.REASON),

	/**
	 * Accepted connections that ended before they became sessions, and were not refused.
	 */
	SESSIONS_ABANDONED("socket.server.sessions.abandoned", null, "Connections that ended before they became sessions",
			Counter.ABANDONED),

	/** Count and total lifetime of sessions that have ended. */
	SERVER_SESSIONS("socket.server.sessions", null, "Lifetime of sessions that have ended", Counter.CLOSED, Tag.REASON),

	/** Frames that handlers were given. */
	MESSAGES_HANDLED("socket.server.messages.handled", null, "Frames given to handlers", Counter.MESSAGES_HANDLED),

	/** Frames that no handler was given, because their session had ended. */
	INBOUND_DISCARDED("socket.server.inbound.discarded", null, "Frames whose session ended before they were handled",
			Counter.INBOUND_DISCARDED),

	/** Bytes read from sockets that became part of no frame. */
	RECEIVED_DISCARDED("socket.server.received.discarded", BaseUnits.BYTES, "Bytes received that are part of no frame",
			Counter.BYTES_DISCARDED),

	/** What framings have dropped, while the session went on. */
	FRAMES_DROPPED("socket.server.frames.dropped", null, "What the framing has dropped, and gone on",
			Counter.FRAMES_DROPPED, Tag.REASON),

	/** Sends dropped by {@code outbound.overflow}: too much waited for the peer. */
	SERVER_OUTBOUND_DROPPED("socket.server.outbound.dropped", null, "Sends dropped for want of room",
			Counter.OUTBOUND_DROPPED),

	/** Sends refused by {@code outbound.overflow}: too much waited for the peer. */
	SERVER_OUTBOUND_REFUSED("socket.server.outbound.refused", null, "Sends refused for want of room",
			Counter.OUTBOUND_REFUSED),

	/** Writes that were accepted and not sent. */
	OUTBOUND_FAILED("socket.server.outbound.failed", null, "Writes whose connection ended before they left",
			Counter.OUTBOUND_FAILED),

	/** Listening sockets that were lost and replaced by others on the same port. */
	LISTENERS_REPLACED("socket.server.listeners.replaced", null, "Listening sockets lost and replaced",
			Counter.LISTENERS_REPLACED),

	/** Count and total time of requests to peers that have ended. */
	SERVER_REQUESTS("socket.server.requests", null, "Requests to peers, from the call to the outcome", Counter.REQUESTS,
			Tag.OUTCOME),

	// Clients.

	/** How many connections are ready: 1 or 0, if there is one at a time. */
	CLIENT_SESSIONS_ACTIVE("socket.client.sessions.active", null, "Open connections that are ready"),

	/**
	 * Connections whose handler was reported as stuck, after {@code timeouts.handler},
	 * and has not returned. They may have ended since, so that there can be several.
	 */
	CLIENT_SESSIONS_STUCK("socket.client.sessions.stuck", null, "Connections whose handler is stuck"),

	/** Requests that wait for their replies. */
	REPLIES_PENDING("socket.client.replies.pending", null, "Requests waiting for their replies"),

	/**
	 * Attempts to connect that have ended, by address and outcome, but for those that
	 * were cancelled.
	 */
	ATTEMPTS("socket.client.attempts", null, "Attempts to connect", Counter.ATTEMPTS, Tag.ADDRESS, Tag.OUTCOME),

	/** Attempts that have made a connection. */
	ATTEMPTS_CONNECTED("socket.client.attempts.connected", null, "Attempts that have made a connection",
			Counter.CONNECTED),

	/** Attempts that have failed. */
	ATTEMPTS_FAILED("socket.client.attempts.failed", null, "Attempts that have failed", Counter.CONNECT_FAILED,
			Tag.REASON),

	/** Attempts that a stop, a close or a disconnect ended. */
	ATTEMPTS_CANCELLED("socket.client.attempts.cancelled", null, "Attempts ended by a stop or a disconnect",
			Counter.CANCELLED),

	/** Count and total lifetime of connections that have ended. */
	CLIENT_SESSIONS("socket.client.sessions", null, "Lifetime of connections that have ended", Counter.CLOSED,
			Tag.REASON),

	/** How many connections a client has, by what they are doing. */
	CLIENT_CONNECTIONS("socket.client.connections", null, "Connections", Tag.STATE),

	/** Connections of which another has taken the place. */
	CLIENT_ROTATIONS("socket.client.rotations", null, "Connections replaced by others", Counter.ROTATIONS, Tag.REASON),

	/** Payloads that were accepted for sending. */
	OUTBOUND_ACCEPTED("socket.client.outbound.accepted", null, "Payloads accepted for sending",
			Counter.CLIENT_ACCEPTED),

	/** Accepted payloads that the operating system has taken as a whole. */
	OUTBOUND_DELIVERED("socket.client.outbound.delivered", null,
			"Accepted payloads that the operating system has taken", Counter.CLIENT_DELIVERED),

	/** Payloads that were sent again from their start. */
	OUTBOUND_REPEATED("socket.client.outbound.repeated", null, "Payloads sent again after a connection was lost",
			Counter.CLIENT_REPEATED),

	/**
	 * Accepted payloads that will never be sent: the client was stopped or closed, they
	 * could not be encoded, or no caller waits for the reply any more.
	 */
	OUTBOUND_UNDELIVERED("socket.client.outbound.undelivered", null, "Accepted payloads that will never be sent",
			Counter.CLIENT_UNDELIVERED),

	/** Accepted payloads that were dropped by {@code outbound.overflow}. */
	CLIENT_OUTBOUND_DROPPED("socket.client.outbound.dropped", null, "Payloads dropped for want of room",
			Counter.CLIENT_DROPPED),

	/** Payloads that were refused by {@code outbound.overflow}. */
	CLIENT_OUTBOUND_REFUSED("socket.client.outbound.refused", null, "Payloads refused for want of room",
			Counter.OUTBOUND_REFUSED),

	/** Count and total time of requests that have ended. */
	CLIENT_REQUESTS("socket.client.requests", null, "Requests, from the call to the outcome", Counter.REQUESTS,
			Tag.OUTCOME),

	// All servers and clients together.

	/** Bytes that wait in all servers and clients, in and out. */
	MEMORY_USED("socket.memory.used", BaseUnits.BYTES, "Bytes waiting in all sessions"),

	/** The most bytes that may wait in all servers and clients. */
	MEMORY_LIMIT("socket.memory.limit", BaseUnits.BYTES, "Most bytes that may wait in all sessions");

	private final String name;

	private final @Nullable String baseUnit;

	private final String description;

	private final @Nullable Counter counter;

	private final List<Tag> tags;

	/** A gauge. */
	SocketMeters(String name, @Nullable String baseUnit, String description, Tag... tags) {
		this(name, baseUnit, description, null, tags);
	}

	SocketMeters(String name, @Nullable String baseUnit, String description, @Nullable Counter counter, Tag... tags) {
		this.name = name;
		this.baseUnit = baseUnit;
		this.description = description;
		this.counter = counter;
		this.tags = List.of(tags);
	}

	/**
	 * Returns the meters that each server, or each client, has.
	 * @param side which of them
	 * @return the meters
	 */
	public static List<SocketMeters> of(Side side) {
		return Arrays.stream(values()).filter((meter) -> meter.isOf(side)).toList();
	}

	private boolean isOf(Side side) {
		return this.name.startsWith("socket.%s.") || this.name.startsWith("socket." + Tag.of(side).asString() + ".");
	}

	@Override
	public String getName() {
		return this.name;
	}

	/**
	 * Returns the name of the meter of servers, or of clients.
	 * @param side which of them
	 * @return the name
	 */
	public String getName(Side side) {
		return this.name.formatted(Tag.of(side).asString());
	}

	@Override
	public Meter.Type getType() {
		if (this.counter == null) {
			return Meter.Type.GAUGE;
		}
		return this.counter.isTimed() ? Meter.Type.TIMER : Meter.Type.COUNTER;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	/** Both {@code server} and {@code client} where both have the meter. */
	@Override
	public KeyName[] getKeyNames() {
		return Stream.concat(Arrays.stream(Side.values()).filter(this::isOf).map(Tag::of), this.tags.stream())
			.toArray(KeyName[]::new);
	}

	String description() {
		return this.description;
	}

	/** Returns what it shows; {@code null} for a gauge. */
	@Nullable Counter counter() {
		return this.counter;
	}

	/** Returns the tags for the labels of its counter: none where that has none. */
	List<Tag> tags() {
		return this.tags;
	}

	/** The tags of meters. */
	public enum Tag implements KeyName {

		/** The name of the server. */
		SERVER,

		/** The name of the client. */
		CLIENT,

		/** The name of a listener of a server. */
		LISTENER,

		/**
		 * A {@link dev.socketserver.CloseReason}, a {@link dev.socketserver.RejectReason}
		 * or, of attempts, a {@link dev.socketserver.client.ConnectFailure}; of what
		 * framings drop, a {@link dev.socketserver.framing.DropReason}; of datagrams, a
		 * {@link dev.socketserver.DatagramDrop}; of rotations, a
		 * {@link dev.socketserver.client.ClientStatistics.RotationReason}.
		 */
		REASON,

		/** A {@link dev.socketserver.client.SocketClient.ConnectionState}. */
		STATE,

		/** An address of a client as it is configured, whatever its name resolves to. */
		ADDRESS,

		/**
		 * A {@link dev.socketserver.SessionStatistics.HandlerOutcome}, a
		 * {@link dev.socketserver.SessionStatistics.TlsOutcome}, of requests a
		 * {@link dev.socketserver.SessionStatistics.RequestOutcome} or, of attempts, an
		 * {@link dev.socketserver.operator.AttemptOutcome}.
		 */
		OUTCOME,

		/**
		 * The class and the method of a handler with several methods for messages, or
		 * {@code none} where no method was for the message.
		 */
		METHOD,

		/**
		 * A {@link dev.socketserver.spec.gate.OnExceeded}, in the words of the property.
		 */
		ACTION;

		/** Returns the value for a constant. */
		String value(Enum<?> label) {
			return (this == ACTION) ? label.name().toLowerCase(Locale.ROOT) : label.name();
		}

		static Tag of(Side side) {
			return (side == Side.SERVER) ? SERVER : CLIENT;
		}

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
