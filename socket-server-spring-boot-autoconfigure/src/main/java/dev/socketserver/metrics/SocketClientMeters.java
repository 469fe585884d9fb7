package dev.socketserver.metrics;

import dev.socketserver.metrics.SocketServerMeters.ClosedTags;
import dev.socketserver.metrics.SocketServerMeters.OutcomeTags;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a client, whose names, types, units and tags dashboards rely on. Each has
 * the tag {@code client}. No tag ever identifies a peer or a session. Counters only grow:
 * neither a restart of a client nor a new connection resets them. Timers have a number
 * and a sum, and a maximum and percentiles only as {@link SocketClientMetrics} was told.
 */
public enum SocketClientMeters implements DescribedMeter {

	/** Attempts to connect that were begun. */
	ATTEMPTS("socket.client.attempts", Meter.Type.COUNTER, null, "Attempts to connect"),

	/** Attempts that have made a connection. */
	ATTEMPTS_CONNECTED("socket.client.attempts.connected", Meter.Type.COUNTER, null,
			"Attempts that have made a connection"),

	/** Attempts that have failed. */
	ATTEMPTS_FAILED("socket.client.attempts.failed", Meter.Type.COUNTER, null, "Attempts that have failed",
			FailedTags.REASON),

	/** Attempts that a stop, a close or a disconnect ended. */
	ATTEMPTS_CANCELLED("socket.client.attempts.cancelled", Meter.Type.COUNTER, null,
			"Attempts ended by a stop or a disconnect"),

	/** Whether there is a connection: 1 or 0. */
	SESSIONS_ACTIVE("socket.client.sessions.active", Meter.Type.GAUGE, null, "Open connections, 1 or 0"),

	/** Count and total lifetime of connections that have ended. */
	SESSIONS("socket.client.sessions", Meter.Type.TIMER, null, "Lifetime of connections that have ended",
			ClosedTags.REASON),

	/**
	 * Connections whose handler was reported as stuck, after {@code timeouts.handler},
	 * and has not returned. They may have ended since, so that there can be several.
	 */
	SESSIONS_STUCK("socket.client.sessions.stuck", Meter.Type.GAUGE, null, "Connections whose handler is stuck"),

	/** Bytes read from sockets. */
	RECEIVED("socket.client.received", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes received"),

	/** Bytes that the operating system has taken. */
	SENT("socket.client.sent", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes sent"),

	/** Frames read. */
	MESSAGES_RECEIVED("socket.client.messages.received", Meter.Type.COUNTER, null, "Frames received"),

	/** Frames that the operating system has taken. */
	MESSAGES_SENT("socket.client.messages.sent", Meter.Type.COUNTER, null, "Frames sent"),

	/**
	 * Count and total time of calls of handlers, as for servers: see
	 * {@link SocketServerMeters#HANDLER}.
	 */
	HANDLER("socket.client.handler", Meter.Type.TIMER, null, "Calls of handlers", OutcomeTags.OUTCOME),

	/** Calls of handlers that were reported as stuck, after {@code timeouts.handler}. */
	HANDLER_STUCK("socket.client.handler.stuck", Meter.Type.COUNTER, null, "Handler calls reported as stuck"),

	/** Count and total duration of TLS handshakes. */
	TLS_HANDSHAKE("socket.client.tls.handshake", Meter.Type.TIMER, null, "TLS handshakes", OutcomeTags.OUTCOME),

	/**
	 * Frames of the present connection that the handler has not handled yet; without
	 * those that wait to be received by a client without a handler.
	 */
	INBOUND_PENDING("socket.client.inbound.pending", Meter.Type.GAUGE, "frames", "Frames waiting for the handler"),

	/**
	 * Frames dropped by {@code inbound.overflow}, and those that waited for room to be
	 * received when their connection was closed.
	 */
	INBOUND_DROPPED("socket.client.inbound.dropped", Meter.Type.COUNTER, null, "Frames dropped for want of room"),

	/**
	 * Bytes accepted for sending that the operating system has not taken yet, also while
	 * the client is not connected; with those that the handler has sent.
	 */
	OUTBOUND_PENDING("socket.client.outbound.pending", Meter.Type.GAUGE, BaseUnits.BYTES, "Bytes waiting to be sent"),

	/** Payloads that were accepted for sending. */
	OUTBOUND_ACCEPTED("socket.client.outbound.accepted", Meter.Type.COUNTER, null, "Payloads accepted for sending"),

	/** Accepted payloads that the operating system has taken as a whole. */
	OUTBOUND_DELIVERED("socket.client.outbound.delivered", Meter.Type.COUNTER, null,
			"Accepted payloads that the operating system has taken"),

	/** Payloads that were sent again from their start. */
	OUTBOUND_REPEATED("socket.client.outbound.repeated", Meter.Type.COUNTER, null,
			"Payloads sent again after a connection was lost"),

	/**
	 * Accepted payloads that will never be sent: the client was stopped or closed, they
	 * could not be encoded, or nobody waits for the reply any more.
	 */
	OUTBOUND_UNDELIVERED("socket.client.outbound.undelivered", Meter.Type.COUNTER, null,
			"Accepted payloads that will never be sent"),

	/** Accepted payloads that were dropped by {@code outbound.overflow}. */
	OUTBOUND_DROPPED("socket.client.outbound.dropped", Meter.Type.COUNTER, null, "Payloads dropped for want of room"),

	/** Payloads that were refused by {@code outbound.overflow}. */
	OUTBOUND_REFUSED("socket.client.outbound.refused", Meter.Type.COUNTER, null, "Payloads refused for want of room"),

	/** Count and total time of requests that have ended. */
	REQUESTS("socket.client.requests", Meter.Type.TIMER, null, "Requests, from the call to the outcome",
			OutcomeTags.OUTCOME),

	/** Requests that wait for their replies. */
	REPLIES_PENDING("socket.client.replies.pending", Meter.Type.GAUGE, null, "Requests waiting for their replies"),

	/** Replies that came too late, or to no request. */
	REPLIES_DROPPED("socket.client.replies.dropped", Meter.Type.COUNTER, null,
			"Replies that came too late, or to no request");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final KeyName[] tags;

	SocketClientMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, KeyName... tags) {
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

	/** Tags of all meters of a client. */
	public enum Tags implements KeyName {

		/** The client's name. */
		CLIENT {

			@Override
			public String asString() {
				return "client";
			}

		}

	}

	/** Further tags of {@link SocketClientMeters#ATTEMPTS_FAILED}. */
	public enum FailedTags implements KeyName {

		/** A {@link dev.socketserver.client.ConnectFailure}. */
		REASON {

			@Override
			public String asString() {
				return "reason";
			}

		}

	}

}
