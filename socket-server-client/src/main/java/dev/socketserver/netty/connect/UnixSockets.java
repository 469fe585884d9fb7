package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.address.UnixAddress;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.channel.UnixSocketKind;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.DomainSockets;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.DuplexChannel;

/**
 * Connects to one Unix socket. If its file is missing, that is a refusal: the server will
 * make it.
 */
final class UnixSockets implements ClientSockets {

	private final String path;

	private final SocketOptions options;

	private final DomainSockets sockets;

	private final SocketAddress target;

	private final SocketKind kind;

	/**
	 * Creates the sockets.
	 * @param path the path, or {@code @} and an abstract name
	 * @param transport the transport, resolved
	 * @param options their options
	 * @throws UnsupportedOptionException if the transport has no such sockets
	 */
	UnixSockets(String path, SocketTransport transport, SocketOptions options) {
		DomainSockets found = DomainSockets.of(transport);
		if (found == null) {
			throw new UnsupportedOptionException("transport",
					"cannot be " + TransportSupport.label(transport) + " for a Unix socket: use epoll, kqueue or nio");
		}
		this.path = path;
		this.options = options;
		this.sockets = found;
		this.kind = new UnixSocketKind(found, new UnixAddress(path), false);
		try {
			this.target = found.address(path);
		}
		catch (IOException ex) {
			throw new UnsupportedOptionException("domain-socket.path", "cannot be " + path + ": " + ex.getMessage());
		}
	}

	@Override
	public SocketKind kind() {
		return this.kind;
	}

	@Override
	public void prepare(Bootstrap bootstrap) {
		bootstrap.channelFactory(() -> {
			DuplexChannel channel = this.sockets.connection();
			this.sockets.prepare(channel);
			return channel;
		});
		ConnectionOptions.ofUnixSocket(this.options, this.sockets, bootstrap::option);
	}

	@Override
	public SocketAddress target(InetSocketAddress server) {
		return this.target;
	}

	@Override
	public ConnectFailure reason(Throwable cause) {
		return isMissing() ? ConnectFailure.REFUSED : ConnectFailures.reason(cause);
	}

	@Override
	public Throwable described(InetSocketAddress server, Throwable cause) {
		if (!isMissing()) {
			return cause;
		}
		ConnectException described = new ConnectException("there is no such file: " + this.path);
		described.initCause(cause);
		return described;
	}

	/** The exceptions of transports do not say it in one way. */
	private boolean isMissing() {
		return !this.path.startsWith("@") && Files.notExists(Path.of(this.path));
	}

}
