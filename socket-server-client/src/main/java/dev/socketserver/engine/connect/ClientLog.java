package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * One line for each connection of a client, and each end of one; and for an outage, one
 * about its first failed attempt, however many follow. Where one connection after the
 * other ends soon, there is one line about that, until one lasts.
 */
public final class ClientLog {

	private static final SafeLogger logger = SafeLogger.of(SocketClient.class);

	private static final String CONNECTED = "'{}' is connected to {}, {}{} framing";

	private static final String DISCONNECTED = "'{}' is disconnected from {}: {}{}";

	private static final String ONE_LESS = "'{}' has lost one of its connections, to {}: {}{}";

	/** After so many connections in a row that have ended soon there is a warning. */
	private static final int MANY_ENDED_SOON = 3;

	private final SocketClient client;

	private final ScheduledExecutorService timer;

	/** What reports a connection once it has lasted long enough, if it does. */
	private @Nullable Future<?> later;

	/**
	 * Creates the log of a client. Of its own methods, only one is called at a time.
	 * @param client the client
	 * @param timer has time pass
	 */
	ClientLog(SocketClient client, ScheduledExecutorService timer) {
		this.client = client;
		this.timer = timer;
	}

	private static String tls(@Nullable ClientTls tls) {
		return (tls == null) ? "" : tls.mode() == TlsMode.IMMEDIATE ? "TLS, " : "TLS on request, ";
	}

	/**
	 * It is connected.
	 * @param session the first session that is ready
	 * @param endedSoon how many connections in a row to its address did not last
	 */
	void connected(SocketSession session, int endedSoon) {
		Object[] facts = { this.client.name(), Addresses.format(session.remoteAddress()), tls(this.client.spec().tls()),
				this.client.spec().session().framing().type() };
		if (endedSoon < MANY_ENDED_SOON) {
			logger.info(CONNECTED, facts);
			return;
		}
		logger.debug(CONNECTED, facts);
		this.later = this.timer.schedule(() -> {
			if (this.client.session().orElse(null) == session) {
				logger.info(CONNECTED, facts);
			}
		}, longest().toNanos(), TimeUnit.NANOSECONDS);
	}

	/** A connection that lasts longer is stable. */
	private Duration longest() {
		return this.client.spec().failOver().retry(this.client.spec().reconnect()).maxPeriod();
	}

	/**
	 * The last connection that was ready has ended.
	 * @param session its session
	 * @param status how it has ended
	 * @param endedSoon how many connections in a row to its address did not last
	 */
	void disconnected(SocketSession session, CloseStatus status, int endedSoon) {
		if (this.later != null) {
			this.later.cancel(false);
			this.later = null;
		}
		ended(this.client, session, status, endedSoon, DISCONNECTED);
	}

	private static void ended(SocketClient client, SocketSession session, CloseStatus status, int endedSoon,
			String line) {
		String server = Addresses.format(session.remoteAddress());
		String detail = (status.detail() != null) ? ", " + LogText.of(status.detail()) : "";
		if (endedSoon < MANY_ENDED_SOON) {
			logger.info(line, client.name(), server, status.reason(), detail);
		}
		else if (endedSoon > MANY_ENDED_SOON) {
			logger.debug(line, client.name(), server, status.reason(), detail);
		}
		else {
			logger.warn("'{}' has connected to {} {} times in a row, and each connection ended soon, before a "
					+ "message was received: {}{}", client.name(), server, endedSoon, status.reason(), detail);
		}
	}

	/** It has stopped. */
	void closed() {
		logger.info("'{}' has stopped", this.client.name());
	}

	/** One more connection is ready. Any thread. */
	static void another(SocketClient client, SocketSession session) {
		logger.debug("'{}' has another connection, to {}", client.name(), Addresses.format(session.remoteAddress()));
	}

	/** Another connection has taken the place of one. Any thread. */
	static void rotated(SocketClient client, SocketSession old, RotationReason reason) {
		logger.info("'{}' replaces a connection to {}: {}", client.name(), Addresses.format(old.remoteAddress()),
				reason);
	}

	/** One of several connections is lost. Any thread. */
	static void oneLess(SocketClient client, SocketSession session, CloseStatus status, int endedSoon) {
		ended(client, session, status, endedSoon, ONE_LESS);
	}

	/** An attempt has failed. Any thread. */
	static void failed(SocketClient client, ServerAddress server, Throwable cause, boolean first) {
		String text = LogText.of(cause.toString());
		if (first) {
			logger.warn("'{}' cannot connect to {} and goes on trying: {}", client.name(), server, text);
		}
		else {
			logger.debug("'{}' cannot connect to {}: {}", client.name(), server, text);
		}
	}

	/** The JVM never asks for the addresses of a name again. */
	public static void rememberedForEver(SocketClient client, String host) {
		logger.warn("'{}' will not learn that {} has moved: the security property networkaddress.cache.ttl has the JVM "
				+ "remember addresses for ever", client.name(), host);
	}

	/**
	 * An SSL bundle was reloaded, which the next attempt to connect takes. Any thread.
	 */
	static void reloaded(SocketClient client, TlsBundle bundle) {
		logger.info("Client '{}' takes the new content of SSL bundle '{}' for its next connections", client.name(),
				bundle);
	}

	/** What an SSL bundle was reloaded with cannot be used. Any thread. */
	static void notReloaded(SocketClient client, TlsBundle bundle, Throwable cause) {
		logger.warn("Client '{}' continues with the previous content of SSL bundle '{}', which cannot be used after "
				+ "its reload: {}", client.name(), bundle, cause.getMessage());
	}

	/** A name has more addresses than are tried. Any thread. */
	public static void manyAddresses(SocketClient client, String host, int found, int most) {
		logger.info("'{}' tries {} of the {} addresses of {}, and ignores the others", client.name(), most, found,
				host);
	}

	/** A client does not connect before a handler returns. */
	static void heldUp(SocketClient client, int lost) {
		logger.warn("'{}' does not connect before its handler returns, which has not been told of the last {} "
				+ "connections", client.name(), lost);
	}

	/**
	 * A client is stopped although the handler of its last connection has not returned.
	 */
	static void stuck(SocketClient client) {
		logger.warn("'{}' stops although its handler has not returned", client.name());
	}

}
