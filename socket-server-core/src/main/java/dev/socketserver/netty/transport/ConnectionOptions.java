package dev.socketserver.netty.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection's socket, at a server and at a client.
 */
public final class ConnectionOptions {

	// Where a transport can set them and nothing else is asked for.

	private static final Duration KEEP_ALIVE_IDLE = Duration.ofSeconds(60);

	private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(15);

	private static final int KEEP_ALIVE_COUNT = 4;

	/**
	 * How many bytes of the output of a session the kernel takes that it has not sent
	 * yet. By default it takes 4 MB for a peer that does not read, which is not counted;
	 * with this it takes 256 KB, and peers that read get as many bytes a second (measured
	 * on Linux 6.18, loopback).
	 */
	private static final long UNSENT_BYTES = 128 * 1024;

	private final SocketTransport transport;

	private final Target target;

	private ConnectionOptions(SocketTransport transport, Target target) {
		this.transport = transport;
		this.target = target;
	}

	/**
	 * Has connections get their options.
	 * @param options what is wanted
	 * @param write how long a write may take; {@code null} for as long as it likes
	 * @param transport the transport, resolved
	 * @param target takes the options
	 * @throws UnsupportedOptionException if the transport lacks what is asked for
	 */
	public static void set(SocketOptions options, @Nullable Duration write, SocketTransport transport, Target target) {
		new ConnectionOptions(transport, target).set(options, write);
	}

	/**
	 * Has connections by a Unix socket get their options.
	 * @param options what is wanted
	 * @param sockets those of the transport
	 * @param target takes the options
	 */
	public static void ofUnixSocket(SocketOptions options, DomainSockets sockets, Target target) {
		if (sockets.halfClosure()) {
			halfClosed(target, true);
		}
		buffers(options, target);
	}

	/**
	 * Has the system give an open connection no less time than its writes have. On its
	 * loop.
	 * @param connection the connection, whatever it is
	 * @param write how long a write may take now; {@code null} for as long as it likes
	 */
	public static void writeTimeChanged(Channel connection, @Nullable Duration write) {
		ChannelOption<Integer> option = TransportSupport.userTimeout(connection);
		if (option == null || !connection.isOpen()) {
			return;
		}
		Integer present = connection.config().getOption(option);
		int wanted = (write != null) ? (int) Math.min(Integer.MAX_VALUE, write.toMillis()) : 0;
		if (present != null && present > 0 && (wanted == 0 || wanted > present)) {
			connection.config().setOption(option, wanted);
		}
	}

	private static void halfClosed(Target target, boolean readiness) {
		target.set(ChannelOption.ALLOW_HALF_CLOSURE, true);
		if (readiness) {
			target.set(ChannelOption.RECVBUF_ALLOCATOR, LoopBuffers.INPUT);
		}
	}

	/**
	 * Has sockets get their buffers.
	 * @param options what is wanted
	 * @param target takes the options
	 */
	public static void buffers(SocketOptions options, Target target) {
		if (options.receiveBuffer() != null) {
			target.set(ChannelOption.SO_RCVBUF, options.receiveBuffer());
		}
		if (options.sendBuffer() != null) {
			target.set(ChannelOption.SO_SNDBUF, options.sendBuffer());
		}
	}

	private void set(SocketOptions options, @Nullable Duration write) {
		TransportSupport support = TransportSupport.of(this.transport);
		halfClosed(this.target, support.readiness());
		buffers(options, this.target);
		// Netty has switched it on already (DefaultSocketChannelConfig and its like).
		if (!options.tcpNoDelay() || !PlatformDependent.canEnableTcpNoDelayByDefault()) {
			this.target.set(ChannelOption.TCP_NODELAY, options.tcpNoDelay());
		}
		this.target.set(ChannelOption.SO_KEEPALIVE, options.keepAlive());
		TransportSupport.KeepAlive keepAlive = support.options().keepAlive();
		set("options.keep-alive-idle", keepAlive.idle(), seconds(options.keepAliveIdle()), seconds(KEEP_ALIVE_IDLE));
		set("options.keep-alive-interval", keepAlive.interval(), seconds(options.keepAliveInterval()),
				seconds(KEEP_ALIVE_INTERVAL));
		set("options.keep-alive-count", keepAlive.count(), options.keepAliveCount(), KEEP_ALIVE_COUNT);
		Duration userTimeout = options.userTimeout();
		set("options.user-timeout", support.options().userTimeout(),
				(userTimeout != null) ? (int) userTimeout.toMillis() : null, usualUserTimeoutMillis(options, write));
		if (support.options().unsentBytes() != null) {
			this.target.set(support.options().unsentBytes(), UNSENT_BYTES);
		}
	}

	/**
	 * The user timeout that fits the probes of keep-alive: where it is set, Linux goes by
	 * it, and not by the number of probes, to decide when a connection that answers none
	 * is dead. So it is at least the time that all probes take. Linux also counts for how
	 * long a peer has not read what it was sent, which is for {@code timeouts.write} to
	 * judge: so it is no shorter than that, and there is none without that.
	 */
	private static @Nullable Integer usualUserTimeoutMillis(SocketOptions options, @Nullable Duration write) {
		if (write == null) {
			return null;
		}
		// Not Duration.multipliedBy: loading BigDecimal, which it uses, takes 30 ms.
		long seconds = Objects.requireNonNullElse(options.keepAliveIdle(), KEEP_ALIVE_IDLE).toSeconds()
				+ Objects.requireNonNullElse(options.keepAliveInterval(), KEEP_ALIVE_INTERVAL).toSeconds()
						* Objects.requireNonNullElse(options.keepAliveCount(), KEEP_ALIVE_COUNT);
		return (int) Math.min(Integer.MAX_VALUE, Math.max(write.toMillis(), TimeUnit.SECONDS.toMillis(seconds)));
	}

	private static @Nullable Integer seconds(@Nullable Duration duration) {
		return (duration != null) ? (int) duration.toSeconds() : null;
	}

	/** Sets what the transport may lack. */
	private <T> void set(String name, @Nullable ChannelOption<T> option, @Nullable T wanted, @Nullable T otherwise) {
		if (option != null) {
			this.target.set(option, (wanted != null) ? wanted : otherwise);
		}
		else if (wanted != null) {
			throw unsupported(name, this.transport);
		}
	}

	/** What is wrong with an option that a transport lacks. */
	public static UnsupportedOptionException unsupported(String name, SocketTransport transport) {
		return new UnsupportedOptionException(name, "cannot be set with transport " + TransportSupport.label(transport)
				+ " on this machine: leave it out, or use another transport");
	}

	/** Takes options. */
	public interface Target {

		public <T> Object set(ChannelOption<T> option, @Nullable T value);

	}

}
