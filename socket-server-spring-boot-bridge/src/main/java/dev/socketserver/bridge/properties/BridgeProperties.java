package dev.socketserver.bridge.properties;

import java.time.Duration;

import dev.socketserver.autoconfigure.properties.Written;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * The bridge of a server, which stores messages before they are handled. Needs
 * socket-server-spring-boot-starter-bridge.
 *
 * @param to Where messages are stored: kafka: and a topic, jdbc for the table
 * socket_inbox of the application's database, channel: and the name of a MessageChannel
 * bean, or the name of a MessageStore bean; empty for no bridge.
 * @param id Name of the Function bean that returns the id of a message.
 * @param key What keeps its order at the store. It is the key of a record of Kafka, too.
 * @param when Name of the Predicate bean that accepts the messages to store. Others are
 * only handled.
 * @param inFlight Maximum number of messages of a session that are being stored, or wait
 * for their turn after that. The default is 1 for a channel.
 * @param timeout Time after which an attempt to store a message has failed. A duration
 * without a unit is in milliseconds.
 * @param retry When a message is stored again after a failure.
 * @param onFailure What to do if a message could not be stored.
 * @param acknowledge Text to send for each message that is stored, for a server without a
 * handler.
 * @param reply Whether the reply of a channel's flow is sent for each message, for a
 * server without a handler.
 */
@ConfigurationProperties("socket.server-defaults.bridge")
public record BridgeProperties(@Nullable String to, @Nullable String id, @Nullable Key key, @Nullable String when,
		@Nullable Integer inFlight, @Nullable Duration timeout, @Nullable Retry retry,
		@Nullable OnStoreFailure onFailure, @Nullable String acknowledge, @Nullable Boolean reply) {

	/** How many messages of a session are stored at a time, unless that is set. */
	public static final int IN_FLIGHT = 64;

	/** Begins the name of a channel in {@link #to}. */
	public static final String CHANNEL = "channel:";

	/** Takes empty names as if they were not there. */
	public BridgeProperties {
		to = Written.orNone(to);
		id = Written.orNone(id);
		when = Written.orNone(when);
		acknowledge = Written.orNone(acknowledge);
	}

	/**
	 * Whether the server needs no handler, since the bridge acknowledges messages itself.
	 * @return {@code true} if the bridge has a store, and what it sends
	 */
	public boolean acknowledges() {
		return StringUtils.hasText(this.to) && (this.acknowledge != null || Boolean.TRUE.equals(this.reply));
	}

	/**
	 * Returns how many messages of a session are stored at a time.
	 * @return the number, also if that is wrong
	 */
	public int stored() {
		int unset = (this.to != null && this.to.startsWith(CHANNEL)) ? 1 : IN_FLIGHT;
		return (this.inFlight != null) ? this.inFlight : unset;
	}

	/**
	 * When a message is stored again after a failure.
	 *
	 * @param period Pause after the first failure; it doubles with each further one. A
	 * duration without a unit is in milliseconds.
	 * @param maxPeriod Longest pause. A duration without a unit is in milliseconds.
	 */
	public record Retry(@Nullable Duration period, @Nullable Duration maxPeriod) {

	}

	/** What keeps its order at the store. */
	public enum Key {

		/** The messages of a session. */
		SESSION,

		/** The messages of the first identity of a session. */
		IDENTITY,

		/** The messages with the same id. */
		ID

	}

	/** What to do if a message could not be stored. */
	public enum OnStoreFailure {

		/** It is stored again and again, while the session lives. */
		WAIT,

		/** The handler is notified. */
		ERROR,

		/** The session is closed. */
		CLOSE

	}

}
