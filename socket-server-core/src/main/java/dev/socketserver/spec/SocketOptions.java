package dev.socketserver.spec;

import java.time.Duration;
import java.util.function.Consumer;

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
			null);

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

	/**
	 * Creates options without those of multicast.
	 * @param tcpNoDelay see {@link #tcpNoDelay()}
	 * @param keepAlive see {@link #keepAlive()}
	 * @param keepAliveIdle see {@link #keepAliveIdle()}
	 * @param keepAliveInterval see {@link #keepAliveInterval()}
	 * @param keepAliveCount see {@link #keepAliveCount()}
	 * @param userTimeout see {@link #userTimeout()}
	 * @param reuseAddress see {@link #reuseAddress()}
	 * @param reusePort see {@link #reusePort()}
	 * @param receiveBuffer see {@link #receiveBuffer()}
	 * @param sendBuffer see {@link #sendBuffer()}
	 */
	public SocketOptions(boolean tcpNoDelay, boolean keepAlive, @Nullable Duration keepAliveIdle,
			@Nullable Duration keepAliveInterval, @Nullable Integer keepAliveCount, @Nullable Duration userTimeout,
			@Nullable Boolean reuseAddress, boolean reusePort, @Nullable Integer receiveBuffer,
			@Nullable Integer sendBuffer) {
		this(tcpNoDelay, keepAlive, keepAliveIdle, keepAliveInterval, keepAliveCount, userTimeout, reuseAddress,
				reusePort, receiveBuffer, sendBuffer, null);
	}

	private static void checkSeconds(@Nullable Duration value, String component) {
		check(value == null || (value.compareTo(SECOND) >= 0 && value.compareTo(MAX_KEEP_ALIVE) <= 0), component, value,
				"must be between 1 and 32767 seconds");
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public SocketOptions with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private boolean tcpNoDelay;

		private boolean keepAlive;

		private @Nullable Duration keepAliveIdle;

		private @Nullable Duration keepAliveInterval;

		private @Nullable Integer keepAliveCount;

		private @Nullable Duration userTimeout;

		private @Nullable Boolean reuseAddress;

		private boolean reusePort;

		private @Nullable Integer receiveBuffer;

		private @Nullable Integer sendBuffer;

		private @Nullable Multicast multicast;

		private Builder(SocketOptions from) {
			this.tcpNoDelay = from.tcpNoDelay();
			this.keepAlive = from.keepAlive();
			this.keepAliveIdle = from.keepAliveIdle();
			this.keepAliveInterval = from.keepAliveInterval();
			this.keepAliveCount = from.keepAliveCount();
			this.userTimeout = from.userTimeout();
			this.reuseAddress = from.reuseAddress();
			this.reusePort = from.reusePort();
			this.receiveBuffer = from.receiveBuffer();
			this.sendBuffer = from.sendBuffer();
			this.multicast = from.multicast();
		}

		/**
		 * Sets {@link SocketOptions#tcpNoDelay()}.
		 * @param tcpNoDelay the value
		 * @return this builder
		 */
		public Builder tcpNoDelay(boolean tcpNoDelay) {
			this.tcpNoDelay = tcpNoDelay;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#keepAlive()}.
		 * @param keepAlive the value
		 * @return this builder
		 */
		public Builder keepAlive(boolean keepAlive) {
			this.keepAlive = keepAlive;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#keepAliveIdle()}.
		 * @param keepAliveIdle the value
		 * @return this builder
		 */
		public Builder keepAliveIdle(@Nullable Duration keepAliveIdle) {
			this.keepAliveIdle = keepAliveIdle;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#keepAliveInterval()}.
		 * @param keepAliveInterval the value
		 * @return this builder
		 */
		public Builder keepAliveInterval(@Nullable Duration keepAliveInterval) {
			this.keepAliveInterval = keepAliveInterval;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#keepAliveCount()}.
		 * @param keepAliveCount the value
		 * @return this builder
		 */
		public Builder keepAliveCount(@Nullable Integer keepAliveCount) {
			this.keepAliveCount = keepAliveCount;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#userTimeout()}.
		 * @param userTimeout the value
		 * @return this builder
		 */
		public Builder userTimeout(@Nullable Duration userTimeout) {
			this.userTimeout = userTimeout;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#reuseAddress()}.
		 * @param reuseAddress the value
		 * @return this builder
		 */
		public Builder reuseAddress(@Nullable Boolean reuseAddress) {
			this.reuseAddress = reuseAddress;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#reusePort()}.
		 * @param reusePort the value
		 * @return this builder
		 */
		public Builder reusePort(boolean reusePort) {
			this.reusePort = reusePort;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#receiveBuffer()}.
		 * @param receiveBuffer the value
		 * @return this builder
		 */
		public Builder receiveBuffer(@Nullable Integer receiveBuffer) {
			this.receiveBuffer = receiveBuffer;
			return this;
		}

		/**
		 * Sets {@link SocketOptions#sendBuffer()}.
		 * @param sendBuffer the value
		 * @return this builder
		 */
		public Builder sendBuffer(@Nullable Integer sendBuffer) {
			this.sendBuffer = sendBuffer;
			return this;
		}

		/**
		 * Sets {@link Multicast#ttl()}.
		 * @param ttl the value
		 * @return this builder
		 */
		public Builder multicastTtl(int ttl) {
			Multicast now = multicast();
			this.multicast = new Multicast(ttl, now.networkInterface(), now.loop());
			return this;
		}

		/**
		 * Sets {@link Multicast#networkInterface()}.
		 * @param networkInterface the value
		 * @return this builder
		 */
		public Builder multicastInterface(@Nullable String networkInterface) {
			Multicast now = multicast();
			this.multicast = new Multicast(now.ttl(), networkInterface, now.loop());
			return this;
		}

		/**
		 * Sets {@link Multicast#loop()}.
		 * @param loop the value
		 * @return this builder
		 */
		public Builder multicastLoop(boolean loop) {
			Multicast now = multicast();
			this.multicast = new Multicast(now.ttl(), now.networkInterface(), loop);
			return this;
		}

		private Multicast multicast() {
			return (this.multicast != null) ? this.multicast : Multicast.DEFAULT;
		}

		private SocketOptions build() {
			return new SocketOptions(this.tcpNoDelay, this.keepAlive, this.keepAliveIdle, this.keepAliveInterval,
					this.keepAliveCount, this.userTimeout, this.reuseAddress, this.reusePort, this.receiveBuffer,
					this.sendBuffer, this.multicast);
		}

	}

	/**
	 * How a client of UDP sends to a multicast group.
	 *
	 * @param ttl how many networks a datagram may cross, 0 to 255: with 1, the default,
	 * it stays in the first
	 * @param networkInterface the name of the interface by which it leaves; {@code null},
	 * the default, for the one that the system chooses
	 * @param loop whether programs on this machine that have joined the group hear it,
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
