package dev.socketserver.netty.server;

import java.util.List;

import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a server has taken.
 *
 * @param transport the transport, resolved
 * @param tls what handshakes need, if there are any
 * @param threads run the handlers
 * @param customizers add handlers to connections
 * @param loops serve the port, and what it accepts
 */
record RunResources(SocketTransport transport, @Nullable ServerTls tls, HandlerThreads threads,
		List<ConnectionCustomizer> customizers, EventLoopGroup loops) {

	/** Whoever has the loops ends them. */
	void close() {
		this.threads.close();
		closeTls();
	}

	/** Sessions that are open have no use for new material. */
	void closeTls() {
		if (this.tls != null) {
			this.tls.close();
		}
	}

}
