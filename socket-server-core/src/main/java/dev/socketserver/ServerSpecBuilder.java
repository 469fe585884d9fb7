package dev.socketserver;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import dev.socketserver.ServerSpec.IpFamily;
import dev.socketserver.ServerSpec.Limits;
import dev.socketserver.ServerSpec.OnFull;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.ServerSpec.ProxyProtocol;
import dev.socketserver.ServerSpec.Threads;
import dev.socketserver.ServerSpec.Tls;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.address.Cidr;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * The components that a specification of a server has beyond those of its sessions, and
 * how each is set.
 */
abstract class ServerSpecBuilder extends SessionSpecBuilder<ServerSpec.Builder> {

	/** Not the JVM's loopback address, which may be that of IPv6. */
	private static final String LOOPBACK = "127.0.0.1";

	private static final String IPV6_LOOPBACK = "::1";

	private @Nullable Tls tls;

	private @Nullable String host;

	private int port;

	private SocketTransport transport = SocketTransport.AUTO;

	private @Nullable Integer maxSessions;

	private Duration drainTimeout = Duration.ofSeconds(27);

	private DrainPlan drain = DrainPlan.NONE;

	private IpFamily ipFamily = IpFamily.ANY;

	private int backlog;

	private SocketOptions options = SocketOptions.DEFAULT;

	private OnFull onFull = OnFull.REJECT;

	private int acceptRate;

	private int sessionsAlarm = 80;

	private boolean oneShot;

	private @Nullable String farewell;

	private String threadName = "{name} server";

	private boolean serverDaemon;

	private boolean sessionDaemon = true;

	private int maxSessionsPerAddress;

	private int maxPending = 1_000;

	private List<Cidr> allow = List.of();

	private List<Cidr> deny = List.of();

	private ProxyProtocol proxyProtocol = new ProxyProtocol(ProxyMode.OFF, List.of());

	ServerSpecBuilder(String name) {
		super(SessionSpec.Side.SERVER, name, OutboundOverflow.FAIL);
	}

	/**
	 * Sets {@link ServerSpec#host()}.
	 * @param host the value
	 * @return this builder
	 */
	public ServerSpec.Builder host(String host) {
		this.host = host;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#port()}.
	 * @param port the value
	 * @return this builder
	 */
	public ServerSpec.Builder port(int port) {
		this.port = port;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#transport()}.
	 * @param transport the value
	 * @return this builder
	 */
	public ServerSpec.Builder transport(SocketTransport transport) {
		this.transport = transport;
		return self();
	}

	/**
	 * Sets {@link Limits#sessions()}.
	 * @param maxSessions the value
	 * @return this builder
	 */
	public ServerSpec.Builder maxSessions(int maxSessions) {
		this.maxSessions = maxSessions;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#drainTimeout()}.
	 * @param drainTimeout the value
	 * @return this builder
	 */
	public ServerSpec.Builder drainTimeout(Duration drainTimeout) {
		this.drainTimeout = drainTimeout;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#drain()}.
	 * @param drain the value
	 * @return this builder
	 */
	public ServerSpec.Builder drain(DrainPlan drain) {
		this.drain = drain;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#ipFamily()}.
	 * @param ipFamily the value
	 * @return this builder
	 */
	public ServerSpec.Builder ipFamily(IpFamily ipFamily) {
		this.ipFamily = ipFamily;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#backlog()}.
	 * @param backlog the value
	 * @return this builder
	 */
	public ServerSpec.Builder backlog(int backlog) {
		this.backlog = backlog;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#options()}.
	 * @param options the value
	 * @return this builder
	 */
	public ServerSpec.Builder options(SocketOptions options) {
		this.options = options;
		return self();
	}

	/**
	 * Sets {@link Limits#onFull()}.
	 * @param onFull the value
	 * @return this builder
	 */
	public ServerSpec.Builder onFull(OnFull onFull) {
		this.onFull = onFull;
		return self();
	}

	/**
	 * Sets {@link Limits#acceptRate()}.
	 * @param acceptRate the value
	 * @return this builder
	 */
	public ServerSpec.Builder acceptRate(int acceptRate) {
		this.acceptRate = acceptRate;
		return self();
	}

	/**
	 * Sets {@link Limits#alarm()}.
	 * @param sessionsAlarm the value
	 * @return this builder
	 */
	public ServerSpec.Builder sessionsAlarm(int sessionsAlarm) {
		this.sessionsAlarm = sessionsAlarm;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#oneShot()}.
	 * @param oneShot the value
	 * @return this builder
	 */
	public ServerSpec.Builder oneShot(boolean oneShot) {
		this.oneShot = oneShot;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#farewell()}.
	 * @param farewell the value
	 * @return this builder
	 */
	public ServerSpec.Builder farewell(@Nullable String farewell) {
		this.farewell = farewell;
		return self();
	}

	/**
	 * Sets {@link Threads#name()}.
	 * @param threadName the value
	 * @return this builder
	 */
	public ServerSpec.Builder threadName(String threadName) {
		this.threadName = threadName;
		return self();
	}

	/**
	 * Sets {@link Threads#serverDaemon()}.
	 * @param serverDaemon the value
	 * @return this builder
	 */
	public ServerSpec.Builder serverDaemon(boolean serverDaemon) {
		this.serverDaemon = serverDaemon;
		return self();
	}

	/**
	 * Sets {@link Threads#sessionDaemon()}.
	 * @param sessionDaemon the value
	 * @return this builder
	 */
	public ServerSpec.Builder sessionDaemon(boolean sessionDaemon) {
		this.sessionDaemon = sessionDaemon;
		return self();
	}

	/**
	 * Sets {@link Limits#sessionsPerAddress()}.
	 * @param maxSessionsPerAddress the value
	 * @return this builder
	 */
	public ServerSpec.Builder maxSessionsPerAddress(int maxSessionsPerAddress) {
		this.maxSessionsPerAddress = maxSessionsPerAddress;
		return self();
	}

	/**
	 * Sets {@link Limits#pending()}.
	 * @param maxPending the value
	 * @return this builder
	 */
	public ServerSpec.Builder maxPending(int maxPending) {
		this.maxPending = maxPending;
		return self();
	}

	/**
	 * Sets {@link Limits#allow()}.
	 * @param allow the value
	 * @return this builder
	 */
	public ServerSpec.Builder allow(List<Cidr> allow) {
		this.allow = allow;
		return self();
	}

	/**
	 * Sets {@link Limits#deny()}.
	 * @param deny the value
	 * @return this builder
	 */
	public ServerSpec.Builder deny(List<Cidr> deny) {
		this.deny = deny;
		return self();
	}

	/**
	 * Sets {@link ServerSpec#proxyProtocol()}.
	 * @param mode whether connections begin with a header of the PROXY protocol
	 * @param trusted the addresses of the load balancers
	 * @return this builder
	 * @throws InvalidSpecException if the mode is not {@link ProxyMode#OFF} and
	 * {@code trusted} is empty
	 */
	public ServerSpec.Builder proxyProtocol(ProxyMode mode, List<Cidr> trusted) {
		this.proxyProtocol = new ProxyProtocol(mode, trusted);
		return self();
	}

	/**
	 * Sets {@link ServerSpec#tls()}.
	 * @param tls the value
	 * @return this builder
	 */
	public ServerSpec.Builder tls(@Nullable Tls tls) {
		this.tls = tls;
		return self();
	}

	/**
	 * Sets {@link SessionSpec#correlator()}: gives a request of {@link SocketSession#ask}
	 * and its reply the same key.
	 * @param correlator returns the key of a payload, or {@code null} if it is no reply;
	 * the threads on which it is called are given there
	 * @return this builder
	 */
	public ServerSpec.Builder correlator(@Nullable Function<Object, @Nullable Object> correlator) {
		keysOf(correlator);
		return self();
	}

	ServerSpec create() {
		String host = this.host;
		if (host == null) {
			host = (this.ipFamily == IpFamily.IPV6) ? IPV6_LOOPBACK : LOOPBACK;
		}
		int sessions = (this.maxSessions != null) ? this.maxSessions
				: ServerSpec.defaultSessions(handler(), executionMode());
		return new ServerSpec(session(), host, this.port, this.ipFamily, this.backlog, this.options, this.transport,
				new Limits(sessions, this.onFull, this.acceptRate, this.maxSessionsPerAddress, this.maxPending,
						this.allow, this.deny, this.sessionsAlarm),
				this.oneShot, this.farewell, this.drainTimeout, this.drain,
				new Threads(this.threadName, this.serverDaemon, this.sessionDaemon), this.proxyProtocol, this.tls);
	}

}
