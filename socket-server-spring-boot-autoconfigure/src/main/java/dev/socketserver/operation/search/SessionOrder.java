package dev.socketserver.operation.search;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.socketserver.SessionInfo;
import dev.socketserver.operation.ActionNames;
import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;

/**
 * What a list of sessions can be ordered by, instead of the time at which they opened.
 * Those with most of it are first.
 */
public enum SessionOrder {

	/** Output that waits, in bytes; among equals, frames that wait for the handler. */
	PENDING(Comparator.<Measured>comparingLong((measured) -> measured.info().pendingBytes())
		.thenComparingInt((measured) -> measured.info().pendingInbound())
		.thenComparingInt((measured) -> measured.info().pendingWrites())),

	/** Time that calls of the handler have taken, with the one under way. */
	HANDLER_TIME(Comparator.comparing((measured) -> measured.info().handlerTime())),

	/** Bytes received and sent. */
	BYTES(Comparator.comparingLong((measured) -> measured.info().bytesReceived() + measured.info().bytesSent())),

	/** Time since the session opened, or from then to its end. */
	AGE(Comparator.comparing(Measured::age));

	private final Comparator<Measured> comparator;

	SessionOrder(Comparator<Measured> comparator) {
		this.comparator = comparator.reversed();
	}

	/**
	 * Reads an order.
	 * @param text its name in lower case, with hyphens, such as {@code handler-time}, or
	 * {@code null} for the usual one
	 * @return the order, or {@code null} for the usual one
	 * @throws BadParameterException if it is none
	 */
	public static @Nullable SessionOrder of(@Nullable String text) {
		return (text != null) ? ActionNames.named(SessionOrder.class, text)
			.orElseThrow(() -> BadParameterException.value("sort", text,
					"one of " + ActionNames.all(SessionOrder.class), "Unknown order"))
				: null;
	}

	Comparator<Measured> comparator() {
		return this.comparator;
	}

	/**
	 * What is known of a session at one moment.
	 *
	 * @param info its snapshot
	 * @param age how long it has been open, or was
	 */
	record Measured(SessionInfo info, Duration age) {

		/** Of a connection that was refused. */
		static final Measured NOTHING = new Measured(new SessionInfo(SessionInfo.State.CLOSED, 0, 0, 0, 0, 0, 0, 0,
				false, Duration.ZERO, Map.of(), List.of(), 0, List.of(), null), Duration.ZERO);

		static Measured of(SessionInfo info, Instant opened, Instant now) {
			return new Measured(info, Duration.between(opened, now));
		}

	}

}
