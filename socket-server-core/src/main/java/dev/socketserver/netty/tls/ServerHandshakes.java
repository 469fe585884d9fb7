package dev.socketserver.netty.tls;

import java.time.Duration;

import dev.socketserver.engine.stats.Counters;
import io.netty.channel.ChannelHandlerContext;

/**
 * The handshakes that handlers of a server ask for.
 *
 * @param tls has the contexts
 * @param counters count the outcomes
 * @param proxied whether a PROXY header may have come first
 */
public record ServerHandshakes(ServerTls tls, Counters counters, boolean proxied) implements RequestedHandshakes {

	@Override
	public void begin(ChannelHandlerContext before, TlsHandshake.Listener listener) {
		before.pipeline()
			.addAfter(before.name(), null, new TlsHandshake(this.tls, listener, this.counters, this.proxied));
	}

	@Override
	public Duration timeout() {
		return this.tls.spec().handshakeTimeout();
	}

	@Override
	public boolean peerBegins() {
		return true;
	}

}
