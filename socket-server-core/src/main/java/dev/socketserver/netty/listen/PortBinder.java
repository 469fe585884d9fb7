package dev.socketserver.netty.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

import dev.socketserver.ListenerSpec;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.ConnectionOptions.UnsupportedOptionException;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.Tcp;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.PlatformDependent;

/**
 * Opens the listening socket of a listener, with all its options. Used by one thread at a
 * time.
 */
public final class PortBinder implements SocketBinder {

	private final Tcp tcp;

	private final KeptPort port;

	PortBinder(ListenerSpec spec, Tcp tcp) {
		this.tcp = tcp;
		this.port = new KeptPort(spec, this.tcp);
	}

	@Override
	public ListeningSocket bind(ListenerSpec spec, Supplier<? extends ChannelHandler> acceptors,
			SocketTransport transport, EventLoopGroup loops) {
		Channel channel = this.port
			.bind((address) -> bootstrap(spec, acceptors, transport, loops, address.getAddress()));
		InetSocketAddress actual = (InetSocketAddress) channel.localAddress();
		InetSocketAddress wanted = new InetSocketAddress(this.port.asked(), actual.getPort());
		InetSocketAddress again = wanted.equals(actual) ? actual : wanted;
		return new Bound(channel, spec, acceptors, transport, loops, again);
	}

	private ServerBootstrap bootstrap(ListenerSpec spec, Supplier<? extends ChannelHandler> acceptors,
			SocketTransport transport, EventLoopGroup loops, InetAddress address) {
		TransportSupport support = TransportSupport.of(transport);
		if (!(address instanceof Inet6Address) && address.isAnyLocalAddress() && support.ipv6Sockets()) {
			throw new UnsupportedOptionException("ip-family",
					"cannot be ipv4 on every interface with transport " + TransportSupport.label(transport)
							+ ", whose sockets accept IPv6 too: use transport epoll or nio, or an address of IPv4");
		}
		SocketOptions options = spec.options();
		ServerBootstrap bootstrap = ListenerSetup
			.bootstrap(loops, this.tcp.backlog(), (channel) -> channel.pipeline().addLast(acceptors.get()))
			.channelFactory(() -> support.listeners().create(address instanceof Inet6Address))
			// On Windows this option would let another process take over the port.
			.option(ChannelOption.SO_REUSEADDR,
					(options.reuseAddress() != null) ? options.reuseAddress() : !PlatformDependent.isWindows());
		new AcceptedOptions(spec, transport, support.options().inherited()).to(bootstrap);
		if (this.tcp.ipFamily() == IpFamily.IPV6) {
			ChannelOption<Integer> ipv6Only = support.options().ipv6Only();
			if (ipv6Only == null) {
				throw new UnsupportedOptionException("ip-family",
						"is ipv6, but sockets of transport " + TransportSupport.label(transport)
								+ " accept IPv4 too: use transport epoll, or an address of IPv6 with ip-family any");
			}
			bootstrap.option(ipv6Only, 1);
		}
		if (options.reusePort()) {
			ChannelOption<Boolean> reusePort = support.options().reusePort();
			if (reusePort == null) {
				throw ConnectionOptions.unsupported("options.reuse-port", transport);
			}
			bootstrap.option(reusePort, true);
		}
		if (options.receiveBuffer() != null) {
			// Set before a connection is accepted, since the scale of the window is
			// agreed on before.
			bootstrap.option(ChannelOption.SO_RCVBUF, options.receiveBuffer());
		}
		return bootstrap;
	}

	/** A listening channel, which does not accept yet. */
	private final class Bound implements ListeningSocket {

		private final Channel channel;

		private final InetSocketAddress address;

		private final Supplier<? extends ChannelHandler> acceptors;

		private final EventLoopGroup loops;

		private final InetSocketAddress again;

		private final SocketTransport transport;

		/** What the next channel is made from. */
		private volatile ListenerSpec spec;

		/**
		 * Creates the socket.
		 * @param channel the channel
		 * @param spec what it is made from
		 * @param acceptors make what accepts connections
		 * @param transport the transport, resolved
		 * @param loops serve another channel, too
		 * @param again where that is bound
		 */
		Bound(Channel channel, ListenerSpec spec, Supplier<? extends ChannelHandler> acceptors,
				SocketTransport transport, EventLoopGroup loops, InetSocketAddress again) {
			this.channel = channel;
			this.spec = spec;
			this.address = (InetSocketAddress) channel.localAddress();
			this.acceptors = acceptors;
			this.loops = loops;
			this.again = again;
			this.transport = transport;
		}

		@Override
		public Channel channel() {
			return this.channel;
		}

		@Override
		public InetSocketAddress address() {
			return this.address;
		}

		@Override
		public ChannelFuture rebind() {
			// Made anew: its options take as much memory as the channel.
			return bootstrap(this.spec, this.acceptors, this.transport, this.loops, this.again.getAddress())
				.bind(this.again);
		}

		@Override
		public AcceptedOptions options(ListenerSpec next) {
			return new AcceptedOptions(next, this.transport, TransportSupport.of(this.transport).options().inherited());
		}

		@Override
		public void change(ListenerSpec next, AcceptedOptions options, Channel listening) {
			this.spec = next;
			options.toListener(listening);
		}

	}

}
