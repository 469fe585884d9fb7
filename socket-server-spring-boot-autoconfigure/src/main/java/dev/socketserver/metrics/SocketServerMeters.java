package dev.socketserver.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a server, whose names, types, units and tags dashboards rely on. Each has
 * the tag {@code server}, except for those of the memory that all servers share. No tag
 * ever identifies a peer or a session. Counters only grow: a restart of a server does not
 * reset them. Timers have a number and a sum, and a maximum and percentiles only as
 * {@link SocketServerMetrics} was told. With raw framing, a frame is a piece of input, or
 * a write.
 */
public enum SocketServerMeters implements DescribedMeter {

	/** Open sessions. */
	SESSIONS_ACTIVE("socket.server.sessions.active", Meter.Type.GAUGE, null, "Open sessions"),

	/** Accepted connections, including those that were rejected. */
	SESSIONS_ACCEPTED("socket.server.sessions.accepted", Meter.Type.COUNTER, null,
			"Connections accepted, with those rejected"),

	/** Connections refused before they became sessions. */
	SESSIONS_REJECTED("socket.server.sessions.rejected", Meter.Type.COUNTER, null,
			"Connections refused before they became sessions", RejectedTags.REASON),

	/** Count and total lifetime of sessions that have ended. */
	SESSIONS("socket.server.sessions", Meter.Type.TIMER, null, "Lifetime of sessions that have ended",
			ClosedTags.REASON),

	/** Bytes read from sockets. */
	RECEIVED("socket.server.received", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes received"),

	/** Bytes that the operating system has taken. */
	SENT("socket.server.sent", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes sent"),

	/** Frames read. */
	MESSAGES_RECEIVED("socket.server.messages.received", Meter.Type.COUNTER, null, "Frames received"),

	/** Frames that the operating system has taken. */
	MESSAGES_SENT("socket.server.messages.sent", Meter.Type.COUNTER, null, "Frames sent"),

	/** Bytes accepted for sending that the operating system has not taken yet. */
	OUTBOUND_PENDING("socket.server.outbound.pending", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes waiting to be sent"),

	/** Frames read that handlers have not handled yet. */
	INBOUND_PENDING("socket.server.inbound.pending", Meter.Type.GAUGE, "frames", "Frames waiting for the handler"),

	/**
	 * Accepted connections that ended before they became sessions, and were not refused.
	 */
	SESSIONS_ABANDONED("socket.server.sessions.abandoned", Meter.Type.COUNTER, null,
			"Connections that ended before they became sessions"),

	/**
	 * Open sessions whose handler was reported as stuck, after {@code timeouts.handler},
	 * and has not returned.
	 */
	SESSIONS_STUCK("socket.server.sessions.stuck", Meter.Type.GAUGE, null, "Sessions whose handler is stuck"),

	/** Sessions that a drain has still to end; 0 while the server does not drain. */
	DRAIN_REMAINING("socket.server.drain.remaining", Meter.Type.GAUGE, null, "Sessions that are left to a drain"),

	/** Frames that handlers were given. */
	MESSAGES_HANDLED("socket.server.messages.handled", Meter.Type.COUNTER, null, "Frames given to handlers"),

	/** Frames dropped by {@code inbound.overflow}: too much waited for the handler. */
	INBOUND_DROPPED("socket.server.inbound.dropped", Meter.Type.COUNTER, null, "Frames dropped for want of room"),

	/** Frames that no handler was given, because their session had ended. */
	INBOUND_DISCARDED("socket.server.inbound.discarded", Meter.Type.COUNTER, null,
			"Frames whose session ended before they were handled"),

	/** Sends dropped by {@code outbound.overflow}: too much waited for the peer. */
	OUTBOUND_DROPPED("socket.server.outbound.dropped", Meter.Type.COUNTER, null, "Sends dropped for want of room"),

	/** Sends refused by {@code outbound.overflow}: too much waited for the peer. */
	OUTBOUND_REFUSED("socket.server.outbound.refused", Meter.Type.COUNTER, null, "Sends refused for want of room"),

	/** Writes that were accepted and not sent. */
	OUTBOUND_FAILED("socket.server.outbound.failed", Meter.Type.COUNTER, null,
			"Writes whose connection ended before they left"),

	/**
	 * Count and total time of calls of handlers: one for each frame of a message handler,
	 * one for each session of a stream or conversation handler. Without the time until a
	 * reply that is later than the call.
	 */
	HANDLER("socket.server.handler", Meter.Type.TIMER, null, "Calls of handlers", OutcomeTags.OUTCOME),

	/** Calls of handlers that were reported as stuck, after {@code timeouts.handler}. */
	HANDLER_STUCK("socket.server.handler.stuck", Meter.Type.COUNTER, null, "Handler calls reported as stuck"),

	/** Count and total duration of TLS handshakes. */
	TLS_HANDSHAKE("socket.server.tls.handshake", Meter.Type.TIMER, null, "TLS handshakes", OutcomeTags.OUTCOME),

	/** Listening sockets that were lost and replaced by others on the same port. */
	LISTENERS_REPLACED("socket.server.listeners.replaced", Meter.Type.COUNTER, null,
			"Listening sockets lost and replaced"),

	/** Count and total time of requests to peers that have ended. */
	REQUESTS("socket.server.requests", Meter.Type.TIMER, null, "Requests to peers, from the call to the outcome",
			OutcomeTags.OUTCOME),

	/** Replies of peers that came too late, or to no request. */
	REPLIES_DROPPED("socket.server.replies.dropped", Meter.Type.COUNTER, null,
			"Replies that came too late, or to no request"),

	/** Bytes read from sockets that became part of no frame. */
	RECEIVED_DISCARDED("socket.server.received.discarded", Meter.Type.COUNTER, BaseUnits.BYTES,
			"Bytes received that are part of no frame"),

	/** Bytes that wait in all servers and clients, in and out. */
	MEMORY_USED("socket.memory.used", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes waiting in all sessions") {

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[0];
		}

	},

	/** The most bytes that may wait in all servers and clients. */
	MEMORY_LIMIT("socket.memory.limit", Meter.Type.GAUGE, BaseUnits.BYTES, "Most bytes that may wait in all sessions") {

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[0];
		}

	};

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final KeyName[] tags;

	SocketServerMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, KeyName... tags) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.tags = KeyName.merge(Tags.values(), tags);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.tags.clone();
	}

	@Override
	public String description() {
		return this.description;
	}

	/** Tags of all meters of a server. */
	public enum Tags implements KeyName {

		/** The server's name. */
		SERVER {

			@Override
			public String asString() {
				return "server";
			}

		}

	}

	/** Further tags of {@link SocketServerMeters#SESSIONS_REJECTED}. */
	public enum RejectedTags implements KeyName {

		/** A {@link dev.socketserver.RejectReason}. */
		REASON {

			@Override
			public String asString() {
				return "reason";
			}

		}

	}

	/** Further tags of {@link SocketServerMeters#SESSIONS}. */
	public enum ClosedTags implements KeyName {

		/** A {@link dev.socketserver.CloseReason}. */
		REASON {

			@Override
			public String asString() {
				return "reason";
			}

		}

	}

	/** Further tags of timers whose events have an outcome. */
	public enum OutcomeTags implements KeyName {

		/**
		 * A {@link dev.socketserver.SessionStatistics.HandlerOutcome}, a
		 * {@link dev.socketserver.SessionStatistics.TlsOutcome} or, of requests, a
		 * {@link dev.socketserver.SessionStatistics.RequestOutcome}.
		 */
		OUTCOME {

			@Override
			public String asString() {
				return "outcome";
			}

		}

	}

}
