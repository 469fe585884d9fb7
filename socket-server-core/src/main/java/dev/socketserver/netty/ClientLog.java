package dev.socketserver.netty;

import dev.socketserver.Addresses;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.session.LogText;
import dev.socketserver.session.SteadyLogger;

/**
 * One line for each connection of a client, and each end of one; and for an outage, one
 * about its first failed attempt, however many follow.
 */
final class ClientLog implements SocketClientListener {

	private static final SteadyLogger logger = SteadyLogger.of(SocketClient.class);

	@Override
	public void connected(SocketClient client, SocketSession session) {
		ClientSpec spec = client.spec();
		logger.info("'{}' is connected to {}, {}{} framing", client.name(), Addresses.format(session.remoteAddress()),
				(spec.tls() != null) ? "TLS, " : "", spec.session().framing().type());
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		logger.info("'{}' is disconnected from {}: {}{}", client.name(), Addresses.format(session.remoteAddress()),
				status.reason(), (status.detail() != null) ? ", " + LogText.of(status.detail()) : "");
	}

	@Override
	public void closed(SocketClient client) {
		logger.info("'{}' has stopped", client.name());
	}

	/** An attempt has failed. Any thread. */
	static void failed(SocketClient client, Throwable cause, boolean first) {
		ClientSpec spec = client.spec();
		String text = LogText.of(cause.toString());
		if (first) {
			logger.warn("'{}' cannot connect to {}:{} and goes on trying: {}", client.name(), spec.host(), spec.port(),
					text);
		}
		else {
			logger.debug("'{}' cannot connect to {}:{}: {}", client.name(), spec.host(), spec.port(), text);
		}
	}

	/**
	 * A client is stopped although the handler of its last connection has not returned.
	 */
	static void stuck(SocketClient client) {
		logger.warn("'{}' stops although its handler has not returned", client.name());
	}

}
