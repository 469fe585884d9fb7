package dev.socketserver.netty.accept;

import java.time.Duration;
import java.util.function.Function;

import dev.socketserver.RejectReason;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.spec.ProxyProtocol;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * Something that has to happen on a connection before its session opens. One object
 * serves all connections of a run of a server. {@link PendingConnection} describes how
 * stages are used.
 *
 * @param timeout how long it may take on one connection
 * @param reason why a connection is refused on which it takes longer, or fails
 * @param late what is said of a stage that has taken too long, if there is more to say
 * than that
 * @param waits whether the session waits for the peer meanwhile, so that the connection
 * counts against {@code limits.pending}; else the stage is done at once
 * @param handlers make what ends the stage of a connection, which is active, unless that
 * does not wait; on the connection's loop
 */
record ConnectionStage(Duration timeout, RejectReason reason, @Nullable String late, boolean waits,
		Function<PendingConnection, ChannelHandler> handlers) {

	/**
	 * The PROXY header of a trusted proxy.
	 * @param required whether it must be sent
	 */
	static ConnectionStage proxyHeader(boolean required) {
		Duration timeout = ProxyProtocol.HEADER_TIMEOUT;
		return new ConnectionStage(timeout, RejectReason.PROXY_REJECTED,
				"no complete PROXY header within " + timeout.toSeconds() + " s", true,
				(connection) -> new ProxyHeaderHandler(connection, required));
	}

	/** No PROXY header, of others. */
	static ConnectionStage noProxyHeader() {
		return new ConnectionStage(ProxyProtocol.HEADER_TIMEOUT, RejectReason.PROXY_REJECTED, null, false,
				ForeignProxyHandler::new);
	}

	/**
	 * The TLS handshake.
	 * @param tls has the contexts
	 * @param counters count handshakes
	 */
	static ConnectionStage tls(ServerTls tls, Counters counters) {
		Duration timeout = tls.spec().handshakeTimeout();
		return new ConnectionStage(timeout, RejectReason.TLS_FAILED,
				"the TLS handshake was not complete after " + timeout.toMillis() + " ms", true,
				(connection) -> new TlsHandshake(tls, connection, counters, connection.mayBeProxied()));
	}

}
