package dev.socketserver.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.PlatformDependent;

/**
 * Opens the listening socket of a server, with all its options, and has patience with a
 * port that the server had itself a moment ago. Used by one thread at a time.
 */
final class PortBinder {

	private static final int REBIND_ATTEMPTS = 40;

	private static final long REBIND_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	private final ServerSpec spec;

	/** The port of the last run, which the system may still be giving back. */
	private volatile int lastPort;

	PortBinder(ServerSpec spec) {
		this.spec = spec;
	}

	/**
	 * Returns where the server is to listen.
	 * @throws UnknownHostException if its host is a name that nobody knows
	 */
	InetSocketAddress resolve() throws UnknownHostException {
		return this.spec.anyHost() ? new InetSocketAddress(this.spec.port())
				: new InetSocketAddress(InetAddress.getByName(this.spec.host()), this.spec.port());
	}

	/**
	 * Binds, and waits for that.
	 * @return the listening channel, which does not accept yet
	 * @throws ServerStartException if the port cannot be bound
	 */
	Channel bind(ServerRun run, Transport transport, EventLoopGroup loops, InetSocketAddress address) {
		ServerBootstrap bootstrap = new ServerBootstrap().group(loops)
			.channel(EventLoops.serverChannel(transport))
			// On Windows the option would let another process take the port over.
			.option(ChannelOption.SO_REUSEADDR, !PlatformDependent.isWindows())
			// Nothing is accepted until everybody who wants to know knows that we listen.
			.option(ChannelOption.AUTO_READ, false)
			.handler(new Acceptor(run))
			.childHandler(Acceptor.NoSetup.INSTANCE)
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.SO_KEEPALIVE, true);
		// The selector lets go of a closed listener only in its next round, so a restart
		// can be too early for the port it had itself.
		int attempts = (address.getPort() != 0 && address.getPort() == this.lastPort) ? REBIND_ATTEMPTS : 1;
		ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
		for (int attempt = 1; !bound.isSuccess(); attempt++) {
			Problem problem = BindFailures.problem(address, bound.cause());
			if (problem != Problem.PORT_IN_USE || attempt == attempts) {
				throw new ServerStartException(this.spec.name(), address, problem, bound.cause());
			}
			LockSupport.parkNanos(REBIND_NANOS);
			bound = bootstrap.bind(address).awaitUninterruptibly();
		}
		Channel channel = bound.channel();
		channel.pipeline().addLast(new Acceptor.Terminal(this.spec.name()));
		this.lastPort = ((InetSocketAddress) channel.localAddress()).getPort();
		return channel;
	}

}
