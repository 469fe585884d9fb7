package dev.socketserver.netty.connect;

import java.time.Duration;

import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.TlsEngines;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.TlsHandshake;
import io.netty.channel.ChannelHandlerContext;

/**
 * The handshake that the handler of a client asks for.
 *
 * @param server the server
 * @param counters count handshakes
 * @param timeout how long a handshake may take
 * @param tls makes engines
 */
record ClientHandshakes(ServerAddress server, Counters counters, Duration timeout,
		TlsEngines tls) implements RequestedHandshakes {

	@Override
	public void begin(ChannelHandlerContext before, TlsHandshake.Listener listener) {
		DeferredSslHandler handler = new DeferredSslHandler(this.tls.engine(this.server.host(), this.server.port()),
				this.tls.threads());
		before.pipeline().addAfter(before.name(), null, new TlsHandshake(handler, listener, this.counters));
	}

	@Override
	public boolean peerBegins() {
		return false;
	}

}
