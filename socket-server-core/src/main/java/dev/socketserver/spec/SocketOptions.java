package dev.socketserver.spec;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Options of the sockets of a server, set before it binds, or of a client, set before it
 * connects. {@code null} stands for the default that is given here, else for that of the
 * platform. An option that is asked for, and that the platform or transport lacks, fails
 * the start.
 *
 * @param tcpNoDelay whether small writes leave at once, and do not wait until earlier
 * ones are acknowledged (RFC 896); default {@code true}
 * @param keepAlive whether idle connections are probed (RFC 1122, section 4.2.3.6);
 * default {@code true}
 * @param keepAliveIdle how long a connection is idle before it is probed, 1 to 32,767 s;
 * default 60 s where the transport can set it
 * @param keepAliveInterval time between probes, 1 to 32,767 s; default 15 s where the
 * transport can set it
 * @param keepAliveCount unanswered probes after which the connection is dead, 1 to 127;
 * default 4 where the transport can set it
 * @param userTimeout how long sent data may stay unacknowledged (RFC 5482), and on Linux
 * probes, whatever their count; a millisecond to 24 days, default the time of all probes
 * where the transport can set it, {@code keepAliveIdle} and {@code keepAliveCount} times
 * {@code keepAliveInterval}, which is 120 s
 * @param reuseAddress whether a port can be bound while old connections linger; default
 * {@code true} except on Windows, where it would let others take the port over
 * @param reusePort whether several sockets may listen on the port; default {@code false}
 * @param receiveBuffer size of the kernel's receive buffer, in bytes
 * @param sendBuffer size of the kernel's send buffer, in bytes
 * @param multicast how a client of UDP sends to a multicast group; {@code null}, the
 * default, where nothing is asked for
 */
public record SocketOptions(boolean tcpNoDelay, boolean keepAlive, @Nullable Duration keepAliveIdle,
		@Nullable Duration keepAliveInterval, @Nullable Integer keepAliveCount, @Nullable Duration userTimeout,
		@Nullable Boolean reuseAddress, boolean reusePort, @Nullable Integer receiveBuffer,
		@Nullable Integer sendBuffer, @Nullable Multicast multicast) {

	/** What is set when nothing is asked for. */
	public static final SocketOptions DEFAULT = new SocketOptions(true, true, null, null, null, null, null, false, null,
			null, null);

	private static final Duration MILLISECOND = Duration.ofMillis(1);

	private static final Duration MAX_USER_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

	private static final Duration SECOND = Duration.ofSeconds(1);

	/**
	 * What the kernel's options of seconds can hold on Linux ({@code MAX_TCP_KEEPIDLE}).
	 */
	private static final Duration MAX_KEEP_ALIVE = Duration.ofSeconds(32_767);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public SocketOptions {
		checkSeconds(keepAliveIdle, "options.keepAliveIdle");
		checkSeconds(keepAliveInterval, "options.keepAliveInterval");
		check(keepAliveCount == null || (keepAliveCount > 0 && keepAliveCount <= 127), "options.keepAliveCount",
				keepAliveCount, "must be between 1 and 127");
		check(userTimeout == null
				|| (userTimeout.compareTo(MILLISECOND) >= 0 && userTimeout.compareTo(MAX_USER_TIMEOUT) <= 0),
				"options.userTimeout", userTimeout, "must be between a millisecond and 24 days");
		check(receiveBuffer == null || receiveBuffer > 0, "options.receiveBuffer", receiveBuffer, "must be positive");
		check(sendBuffer == null || sendBuffer > 0, "options.sendBuffer", sendBuffer, "must be positive");
	}

	private static void checkSeconds(@Nullable Duration value, String component) {
		check(value == null || (value.compareTo(SECOND) >= 0 && value.compareTo(MAX_KEEP_ALIVE) <= 0), component, value,
				"must be between 1 and 32767 seconds");
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Returns a copy with another {@link #tcpNoDelay()}.
	 * @param tcpNoDelay the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions tcpNoDelay(boolean tcpNoDelay) {
		return new SocketOptions(tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #keepAlive()}.
	 * @param keepAlive the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions keepAlive(boolean keepAlive) {
		return new SocketOptions(this.tcpNoDelay, keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #keepAliveIdle()}.
	 * @param keepAliveIdle the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions keepAliveIdle(@Nullable Duration keepAliveIdle) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #keepAliveInterval()}.
	 * @param keepAliveInterval the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions keepAliveInterval(@Nullable Duration keepAliveInterval) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #keepAliveCount()}.
	 * @param keepAliveCount the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions keepAliveCount(@Nullable Integer keepAliveCount) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #userTimeout()}.
	 * @param userTimeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions userTimeout(@Nullable Duration userTimeout) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #reuseAddress()}.
	 * @param reuseAddress the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions reuseAddress(@Nullable Boolean reuseAddress) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #reusePort()}.
	 * @param reusePort the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions reusePort(boolean reusePort) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, reusePort, this.receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #receiveBuffer()}.
	 * @param receiveBuffer the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions receiveBuffer(@Nullable Integer receiveBuffer) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, receiveBuffer,
				this.sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #sendBuffer()}.
	 * @param sendBuffer the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions sendBuffer(@Nullable Integer sendBuffer) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				sendBuffer, this.multicast);
	}

	/**
	 * Returns a copy with another {@link #multicast()}.
	 * @param multicast the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions multicast(@Nullable Multicast multicast) {
		return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
				this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
				this.sendBuffer, multicast);
	}

	/**
	 * Returns a copy with another {@link Multicast#ttl()}.
	 * @param multicastTtl the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions multicastTtl(int multicastTtl) {
		Multicast now = Objects.requireNonNullElse(this.multicast, Multicast.DEFAULT);
		return multicast(new Multicast(multicastTtl, now.networkInterface(), now.loop()));
	}

	/**
	 * Returns a copy with another {@link Multicast#networkInterface()}.
	 * @param multicastInterface the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions multicastInterface(@Nullable String multicastInterface) {
		Multicast now = Objects.requireNonNullElse(this.multicast, Multicast.DEFAULT);
		return multicast(new Multicast(now.ttl(), multicastInterface, now.loop()));
	}

	/**
	 * Returns a copy with another {@link Multicast#loop()}.
	 * @param multicastLoop the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public SocketOptions multicastLoop(boolean multicastLoop) {
		Multicast now = Objects.requireNonNullElse(this.multicast, Multicast.DEFAULT);
		return multicast(new Multicast(now.ttl(), now.networkInterface(), multicastLoop));
	}

	/**
	 * How a client of UDP sends to a multicast group.
	 *
	 * @param ttl how many networks a datagram may cross, 0 to 255: with 1, the default,
	 * it stays in the first
	 * @param networkInterface the name of the interface by which it leaves; {@code null},
	 * the default, for the one that the system chooses
	 * @param loop whether programs on this machine that have joined the group get it,
	 * too; default {@code true}
	 */
	public record Multicast(int ttl, @Nullable String networkInterface, boolean loop) {

		/** What the system does. */
		private static final Multicast DEFAULT = new Multicast(1, null, true);

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Multicast {
			check(ttl >= 0 && ttl <= 255, "options.multicastTtl", ttl, "must be between 0 and 255");
			check(networkInterface == null || !networkInterface.isBlank(), "options.multicastInterface",
					networkInterface, "must be the name of an interface, such as eth0");
		}

	}

}
