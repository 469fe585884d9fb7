package dev.socketserver.engine.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.addresses.NextAttempt;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * One line for each connection of a client, and each end of one; and for an outage, one
 * about its first failed attempt, however many follow. Where one connection after the
 * other ends soon, there is one line about that, until one lasts.
 */
public final class ClientLog implements SocketClientListener {

	private static final SafeLogger logger = SafeLogger.of(SocketClient.class);

	private static final String CONNECTED = "'{}' is connected to {}, {}{} framing";

	private static final String DISCONNECTED = "'{}' is disconnected from {}: {}{}";

	/** After so many connections in a row that have ended soon there is a warning. */
	private static final int MANY_ENDED_SOON = 3;

	private final ScheduledExecutorService timer;

	/** How many connections in a row have ended soon, if any has. */
	private final Map<SocketClient, Integer> endedSoon = new ConcurrentHashMap<>();

	/** What reports a connection once it has lasted long enough, if it does. */
	private final Map<SocketClient, Future<?>> later = new ConcurrentHashMap<>();

	public ClientLog(ScheduledExecutorService timer) {
		this.timer = timer;
	}

	private static String tls(@Nullable ClientTls tls) {
		return (tls == null) ? "" : tls.mode() == TlsMode.IMMEDIATE ? "TLS, " : "TLS on request, ";
	}

	@Override
	public void connected(SocketClient client, SocketSession session) {
		Object[] facts = { client.name(), Addresses.format(session.remoteAddress()), tls(client.spec().tls()),
				client.spec().session().framing().type() };
		if (this.endedSoon.getOrDefault(client, 0) < MANY_ENDED_SOON) {
			logger.info(CONNECTED, facts);
			return;
		}
		logger.debug(CONNECTED, facts);
		Future<?> line = this.timer.schedule(() -> {
			boolean stays = client.session().orElse(null) == session;
			if (stays && this.endedSoon.remove(client) != null) {
				logger.info(CONNECTED, facts);
			}
		}, longest(client).toNanos(), TimeUnit.NANOSECONDS);
		this.later.put(client, line);
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		Future<?> line = this.later.remove(client);
		if (line != null) {
			line.cancel(false);
		}
		int count = 0;
		if (hasEndedSoon(client, session, status)) {
			count = this.endedSoon.merge(client, 1, Integer::sum);
		}
		else {
			this.endedSoon.remove(client);
		}
		String server = Addresses.format(session.remoteAddress());
		String detail = (status.detail() != null) ? ", " + LogText.of(status.detail()) : "";
		if (count < MANY_ENDED_SOON) {
			logger.info(DISCONNECTED, client.name(), server, status.reason(), detail);
		}
		else if (count > MANY_ENDED_SOON) {
			logger.debug(DISCONNECTED, client.name(), server, status.reason(), detail);
		}
		else {
			logger.warn("'{}' has connected to {} {} times in a row, and each connection ended soon, before a "
					+ "message was received: {}{}", client.name(), server, count, status.reason(), detail);
		}
	}

	/**
	 * Whether a connection has ended soon, before a message was received, and not because
	 * this side wanted it to. What was sent does not count: a server that refuses it, as
	 * it may a login, ends the connection in the same way as one that has taken it.
	 */
	private static boolean hasEndedSoon(SocketClient client, SocketSession session, CloseStatus status) {
		Duration lasted = Duration.between(session.openedAt(), Instant.now());
		return !NextAttempt.isOurOwn(status.reason()) && session.info().messagesReceived() == 0
				&& lasted.compareTo(longest(client)) <= 0;
	}

	/** A connection that lasts longer is stable. */
	private static Duration longest(SocketClient client) {
		return client.spec().reconnect().maxPeriod();
	}

	@Override
	public void closed(SocketClient client) {
		this.endedSoon.remove(client);
		logger.info("'{}' has stopped", client.name());
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
	static void oneLess(SocketClient client, SocketSession session, CloseStatus status) {
		logger.info("'{}' has lost one of its connections, to {}: {}{}", client.name(),
				Addresses.format(session.remoteAddress()), status.reason(),
				(status.detail() != null) ? ", " + LogText.of(status.detail()) : "");
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
