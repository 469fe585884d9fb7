package dev.socketserver.netty.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

import dev.socketserver.ListenerSpec;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.Tcp;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.PlatformDependent;

/**
 * Opens the listening socket of a listener of TCP, with all its options.
 */
final class PortBinder implements SocketBinder {

	private final ListenerSpec spec;

	private final Tcp tcp;

	private final SocketTransport transport;

	private final EventLoopGroup loops;

	private final KeptPort port;

	PortBinder(ListenerSpec spec, ListenerResources resources, KeptPort port) {
		this.spec = spec;
		this.tcp = (Tcp) spec.listenOn().own();
		this.transport = resources.transport();
		this.loops = resources.loops();
		this.port = port;
	}

	@Override
	public ListeningSocket bind(Consumer<Channel> acceptors) {
		Channel channel = this.port.bind(this.spec, (address) -> bootstrap(this.spec, acceptors, address.getAddress()));
		InetSocketAddress actual = (InetSocketAddress) channel.localAddress();
		InetSocketAddress wanted = new InetSocketAddress(this.port.asked(), actual.getPort());
		return new Bound(channel, options(this.spec).ofConnections(), acceptors,
				wanted.equals(actual) ? actual : wanted);
	}

	private ServerBootstrap bootstrap(ListenerSpec now, Consumer<Channel> acceptors, InetAddress address) {
		TransportSupport support = TransportSupport.of(this.transport);
		if (!(address instanceof Inet6Address) && address.isAnyLocalAddress() && support.ipv6Sockets()) {
			throw new UnsupportedOptionException("ip-family",
					"cannot be ipv4 on every interface with transport " + TransportSupport.label(this.transport)
							+ ", whose sockets accept IPv6 too: use transport epoll or nio, or an address of IPv4");
		}
		SocketOptions options = now.options();
		ServerBootstrap bootstrap = ListenerSetup.bootstrap(this.loops, this.tcp.backlog(), acceptors)
			.channelFactory(() -> support.listeners().create(address instanceof Inet6Address))
			// On Windows this option would let another process take over the port.
			.option(ChannelOption.SO_REUSEADDR,
					(options.reuseAddress() != null) ? options.reuseAddress() : !PlatformDependent.isWindows());
		options(now).to(bootstrap);
		if (this.tcp.ipFamily() == IpFamily.IPV6) {
			ChannelOption<Integer> ipv6Only = support.options().ipv6Only();
			if (ipv6Only == null) {
				throw new UnsupportedOptionException("ip-family",
						"is ipv6, but sockets of transport " + TransportSupport.label(this.transport)
								+ " accept IPv4 too: use transport epoll, or an address of IPv6 with ip-family any");
			}
			bootstrap.option(ipv6Only, 1);
		}
		if (options.reusePort()) {
			ChannelOption<Boolean> reusePort = support.options().reusePort();
			if (reusePort == null) {
				throw ConnectionOptions.unsupported("options.reuse-port", this.transport);
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

	private AcceptedOptions options(ListenerSpec now) {
		return AcceptedOptions.ofTcp(now, this.transport, TransportSupport.of(this.transport).options().inherited());
	}

	/** A listening channel, which does not accept yet. */
	private final class Bound implements ListeningSocket {

		private final Channel channel;

		private final AcceptedOptions options;

		private final InetSocketAddress address;

		private final Consumer<Channel> acceptors;

		private final InetSocketAddress again;

		/** What the next channel is made from. */
		private volatile ListenerSpec next = PortBinder.this.spec;

		/**
		 * Creates the socket.
		 * @param channel the channel
		 * @param options those of connections
		 * @param acceptors adds what accepts connections
		 * @param again where another channel is bound
		 */
		Bound(Channel channel, AcceptedOptions options, Consumer<Channel> acceptors, InetSocketAddress again) {
			this.channel = channel;
			this.options = options;
			this.address = (InetSocketAddress) channel.localAddress();
			this.acceptors = acceptors;
			this.again = again;
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
			return bootstrap(this.next, this.acceptors, this.again.getAddress()).bind(this.again);
		}

		@Override
		public AcceptedOptions options() {
			return this.options;
		}

		@Override
		public AcceptedOptions options(ListenerSpec next) {
			return PortBinder.this.options(next);
		}

		@Override
		public void change(ListenerSpec next) {
			this.next = next;
		}

	}

}
