package dev.socketserver.netty.connect;

import java.time.Duration;

import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.ClientTls;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The handshake that the handler of a client asks for.
 *
 * @param attempt the attempt to connect
 * @param connector has what the client's connections share
 * @param tls makes engines
 */
record ClientHandshakes(ConnectAttempt attempt, NettyConnector connector,
		ClientTls tls) implements RequestedHandshakes {

	/**
	 * Returns the handshake of a connection.
	 * @param attempt the attempt that has made it
	 * @param connector has what the client's connections share
	 * @param tls makes engines
	 * @return the handshake, or {@code null} if it cannot be asked for
	 */
	static @Nullable RequestedHandshakes of(ConnectAttempt attempt, NettyConnector connector, ClientTls tls) {
		return tls.mode() == TlsMode.IMMEDIATE ? null : new ClientHandshakes(attempt, connector, tls);
	}

	@Override
	public void begin(ChannelHandlerContext before, TlsHandshake.Listener owner) {
		ServerAddress server = this.attempt.server();
		DeferredSslHandler handler = new DeferredSslHandler(this.tls.engine(server.host(), server.port()),
				this.tls.threads());
		before.pipeline()
			.addAfter(before.name(), null, new TlsHandshake(handler, owner, this.connector.client().counters()));
	}

	@Override
	public Duration timeout() {
		return this.connector.spec().connectTimeout();
	}

	@Override
	public boolean peerBegins() {
		return false;
	}

}
