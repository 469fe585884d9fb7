package dev.socketserver.netty.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
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
import org.jspecify.annotations.Nullable;

/**
 * Opens the listening socket of a listener, with all its options. Used by one thread at a
 * time.
 */
public final class PortBinder implements SocketBinder {

	private final ListenerSpec spec;

	private final Tcp tcp;

	private final KeptPort port;

	PortBinder(ListenerSpec spec, Tcp tcp) {
		this.spec = spec;
		this.tcp = tcp;
		this.port = new KeptPort(spec, this.tcp);
	}

	@Override
	public ListeningSocket bind(Supplier<? extends ChannelHandler> acceptors, SocketTransport transport,
			EventLoopGroup loops) {
		ServerStartException failure = null;
		for (InetSocketAddress address : this.port.addresses()) {
			try {
				return bind(acceptors, transport, loops, address);
			}
			catch (ServerStartException ex) {
				failure = KeptPort.moreSpecific(failure, ex);
			}
		}
		throw (failure != null) ? failure : new IllegalArgumentException("No address to bind");
	}

	private Bound bind(Supplier<? extends ChannelHandler> acceptors, SocketTransport transport, EventLoopGroup loops,
			InetSocketAddress address) {
		TransportSupport support = TransportSupport.of(transport);
		ServerBootstrap bootstrap;
		try {
			bootstrap = bootstrap(acceptors, transport, support, loops, address.getAddress());
		}
		catch (UnsupportedOptionException ex) {
			throw new ServerStartException(this.spec, address, Problem.OPTION_UNSUPPORTED, ex);
		}
		Channel channel = this.port.bind(bootstrap, address);
		InetSocketAddress actual = (InetSocketAddress) channel.localAddress();
		InetSocketAddress again = new InetSocketAddress(address.getAddress(), actual.getPort());
		return new Bound(channel, actual, bootstrap, again);
	}

	private ServerBootstrap bootstrap(Supplier<? extends ChannelHandler> acceptors, SocketTransport transport,
			TransportSupport support, EventLoopGroup loops, InetAddress address) {
		boolean ipv6 = address instanceof Inet6Address;
		if (!ipv6 && address.isAnyLocalAddress() && support.ipv6Sockets()) {
			throw new UnsupportedOptionException("ip-family",
					"cannot be ipv4 on every interface with transport " + TransportSupport.label(transport)
							+ ", whose sockets accept IPv6 too: use transport epoll or nio, or an address of IPv4");
		}
		SocketOptions options = this.spec.options();
		ServerBootstrap bootstrap = ListenerSetup
			.bootstrap(loops, this.tcp.backlog(), (channel) -> channel.pipeline().addLast(acceptors.get()))
			.channelFactory(() -> support.listeners().create(ipv6))
			// On Windows this option would let another process take over the port.
			.option(ChannelOption.SO_REUSEADDR,
					(options.reuseAddress() != null) ? options.reuseAddress() : !PlatformDependent.isWindows());
		ConnectionOptions.set(options, this.spec.session().timeouts().write(), transport,
				new AcceptedOptions(bootstrap, support.options().inherited()));
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

	/**
	 * Options of accepted connections. Each costs a system call, and so is set once for
	 * the listening socket where connections have it from there.
	 *
	 * @param bootstrap gets the options
	 * @param inherited those of the listening socket
	 */
	private record AcceptedOptions(ServerBootstrap bootstrap,
			Map<ChannelOption<?>, ChannelOption<Integer>> inherited) implements ConnectionOptions.Target {

		@Override
		public <T> Object set(ChannelOption<T> option, @Nullable T value) {
			ChannelOption<Integer> ofListener = this.inherited.get(option);
			if (ofListener == null || value == null) {
				return this.bootstrap.childOption(option, value);
			}
			return this.bootstrap.option(ofListener,
					(value instanceof Number number) ? number.intValue() : value.equals(Boolean.TRUE) ? 1 : 0);
		}

	}

	/**
	 * A listening channel, which does not accept yet.
	 *
	 * @param channel the channel
	 * @param address where it listens, with the actual port
	 * @param bootstrap binds another channel
	 * @param again where it does so
	 */
	private record Bound(Channel channel, InetSocketAddress address, ServerBootstrap bootstrap,
			InetSocketAddress again) implements ListeningSocket {

		@Override
		public ChannelFuture rebind() {
			return this.bootstrap.bind(this.again);
		}

	}

}
