package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.util.Locale;

import dev.socketserver.Addresses;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each start and stop of a server. A failed start is not logged here: it is
 * thrown to whoever asked for it.
 */
final class ServerLog implements SocketServerListener {

	private static final Logger logger = LoggerFactory.getLogger(SocketServer.class);

	@Override
	public void started(SocketServer server) {
		ServerSpec spec = server.spec();
		ServerHandler handler = spec.handler();
		logger.info("'{}' listens on {}, {}, {} framing, handler {}", server.name(), address(server.localAddress()),
				String.valueOf(server.transport()).toLowerCase(Locale.ROOT), spec.framing().type(), handler.name());
	}

	@Override
	public void stopped(SocketServer server) {
		logger.info("'{}' has stopped after {} sessions", server.name(), server.statistics().opened());
	}

	private static String address(@Nullable InetSocketAddress address) {
		if (address == null) {
			return "nothing";
		}
		String scope = "";
		if (address.getAddress().isLoopbackAddress()) {
			scope = " (loopback only)";
		}
		else if (address.getAddress().isAnyLocalAddress()) {
			scope = " (all interfaces)";
		}
		return Addresses.format(address) + scope;
	}

}
