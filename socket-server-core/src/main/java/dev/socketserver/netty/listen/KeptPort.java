package dev.socketserver.netty.listen;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.LocalAddresses;
import dev.socketserver.spec.listen.IpPort;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * The port of a listener from one start to the next, wherever it is to listen. A free
 * port is drawn once, and kept by every start that still finds it free. A port that the
 * server itself has had until a moment ago is tried for a while. Used by one thread at a
 * time.
 */
public final class KeptPort {

	private static final SafeLogger logger = SafeLogger.of(KeptPort.class);

	private static final int REBIND_ATTEMPTS = 40;

	private static final long REBIND_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	/** The port of the last run, which the system may still be giving back; 0 if none. */
	private int lastPort;

	/** The port that was drawn last; 0 if none. */
	private int drawn;

	/** What was asked for when it was bound; the system may say it in another way. */
	private @Nullable InetAddress asked;

	/**
	 * Binds the first of its addresses that can be bound, and waits for that.
	 * @param spec the listener, which has a port
	 * @param bootstraps makes what binds an address, for each attempt; fails with an
	 * {@link UnsupportedOptionException} if that cannot have its options
	 * @return the channel
	 * @throws ServerStartException if no address can be bound, or the host is unknown
	 */
	public Channel bind(ListenerSpec spec, Function<InetSocketAddress, AbstractBootstrap<?, ?>> bootstraps) {
		ServerStartException failure = null;
		for (InetSocketAddress address : addresses(spec)) {
			try {
				Channel bound = bind(spec, bootstraps, address);
				this.asked = address.getAddress();
				return bound;
			}
			catch (UnsupportedOptionException ex) {
				failure = moreSpecific(failure,
						new ServerStartException(spec, address, Problem.OPTION_UNSUPPORTED, ex));
			}
			catch (ServerStartException ex) {
				failure = moreSpecific(failure, ex);
			}
		}
		throw (failure != null) ? failure : new IllegalArgumentException("No address to bind");
	}

	/**
	 * Returns the address that was asked for when the port was bound.
	 * @return the address
	 */
	InetAddress asked() {
		return Objects.requireNonNull(this.asked, "Not bound yet");
	}

	private static List<InetSocketAddress> addresses(ListenerSpec spec) {
		IpPort listenOn = (IpPort) spec.listenOn().own();
		try {
			return LocalAddresses.of(listenOn);
		}
		catch (UnknownHostException ex) {
			throw new ServerStartException(spec, listenOn.address(), Problem.UNKNOWN_HOST, ex);
		}
	}

	/**
	 * Returns which failure to report, of addresses none of which can be bound. That this
	 * machine lacks one of several addresses is usual and does no harm, so the failure of
	 * another one says more.
	 */
	private static ServerStartException moreSpecific(@Nullable ServerStartException earlier,
			ServerStartException later) {
		if (earlier == null) {
			return later;
		}
		boolean usual = later.problem() == Problem.OPTION_UNSUPPORTED
				|| later.problem() == Problem.ADDRESS_NOT_AVAILABLE;
		ServerStartException kept = usual ? earlier : later;
		kept.addSuppressed(usual ? later : earlier);
		return kept;
	}

	/** Binds one address; its port is 0 if any will do. */
	private Channel bind(ListenerSpec spec, Function<InetSocketAddress, AbstractBootstrap<?, ?>> bootstraps,
			InetSocketAddress address) {
		boolean draws = address.getPort() == 0;
		boolean again = draws && this.drawn != 0;
		InetSocketAddress wanted = again ? new InetSocketAddress(address.getAddress(), this.drawn) : address;
		// The selector lets go of a closed socket only in its next round, so a restart
		// can be too early for the port it had itself.
		int attempts = (again || (!draws && wanted.getPort() == this.lastPort)) ? REBIND_ATTEMPTS : 1;
		ChannelFuture bound = bootstraps.apply(address).bind(wanted).awaitUninterruptibly();
		for (int attempt = 1; !bound.isSuccess(); attempt++) {
			Problem problem = BindFailures.problem(wanted, bound.cause());
			if (problem != Problem.PORT_IN_USE || (attempt >= attempts && wanted == address)) {
				throw new ServerStartException(spec, wanted, problem, bound.cause());
			}
			if (attempt < attempts) {
				LockSupport.parkNanos(REBIND_NANOS);
			}
			else {
				wanted = address;
			}
			bound = bootstraps.apply(address).bind(wanted).awaitUninterruptibly();
		}
		int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
		if (again && port != this.drawn) {
			logger.warn("Server '{}' gets another free port, {}: {} has been taken meanwhile", spec.label(), port,
					this.drawn);
		}
		this.drawn = draws ? port : this.drawn;
		this.lastPort = port;
		return bound.channel();
	}

}
