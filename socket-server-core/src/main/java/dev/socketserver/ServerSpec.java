package dev.socketserver;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.HeartbeatFraming;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a server, validated and immutable. The engine reads nothing else.
 *
 * @param name the server's name: a lower-case letter, then lower-case letters, digits and
 * dashes
 * @param handler the user code
 * @param host where to listen: a host name or address, {@code "any"} for every interface;
 * default the loopback address of IPv4, of IPv6 where {@code ipFamily} is
 * {@link IpFamily#IPV6}
 * @param port the port, 0 for a free one
 * @param ipFamily which addresses it listens on; default {@link IpFamily#ANY}
 * @param backlog most connections that wait in the kernel to be accepted; default 0, the
 * operating system's choice
 * @param options of the sockets
 * @param args handed to the handler as {@link SocketSession#args()}; default none
 * @param framing delimits frames; default {@linkplain Framing#raw() raw} for stream
 * handlers and those that take bytes as they come, {@linkplain Framing#line() line} for
 * handlers of text; required for others
 * @param charset for text that is sent; default UTF-8
 * @param converters write what is sent and is neither text nor bytes, the first that fits
 * first; default none
 * @param transport how the operating system is asked for I/O; default
 * {@link Transport#AUTO}
 * @param execution which threads run the handler
 * @param limits what the server bears
 * @param readBufferBytes most bytes handed to a raw handler at once; default 8 KiB
 * @param inbound what may wait for the handler of a session
 * @param outbound what may wait for the peer of a session
 * @param timeouts what must not take too long
 * @param oneShot whether the server stops when its first session has ended; default
 * {@code false}
 * @param requestsPerSession how many frames a session handles before it closes with
 * {@link CloseReason#REQUESTS_DONE}, behind the last one's replies; 0 for any number,
 * which is the default
 * @param farewell sent to each session when the server begins to stop or drain;
 * {@code null} for nothing, which is the default
 * @param drainTimeout how long {@link SocketServer#stop()} lets sessions end; default 27
 * s
 * @param threads how threads are called, and what keeps the JVM alive
 * @param proxyProtocol whether load balancers tell whom they speak for
 * @param tls how connections are encrypted; {@code null} for not at all, which is the
 * default
 * @param heartbeat whether empty frames show each side that the other is there;
 * {@code null} for no, which is the default
 */
public record ServerSpec(String name, ServerHandler handler, String host, int port, IpFamily ipFamily, int backlog,
		SocketOptions options, List<String> args, Framing framing, Charset charset,
		List<PayloadConverter<?>> converters, Transport transport, Execution execution, Limits limits,
		int readBufferBytes, Inbound inbound, Outbound outbound, Timeouts timeouts, boolean oneShot,
		int requestsPerSession, @Nullable String farewell, Duration drainTimeout, Threads threads,
		ProxyProtocol proxyProtocol, @Nullable Tls tls, @Nullable Heartbeat heartbeat) {

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

	/** What a server's name must look like, for people. */
	public static final String NAME_RULE = "a lower-case letter, then lower-case letters, digits and dashes";

	/** How many sessions a server may have that says nothing about it. */
	public static final int DEFAULT_SESSIONS = 10_000;

	private static final String POSITIVE = "must be positive";

	private static final byte[] LINE_FEED = { '\n' };

	/** The host that stands for every interface. */
	public static final String ANY_HOST = "any";

	/** Not the JVM's loopback address, which may be that of IPv6. */
	private static final String LOOPBACK = "127.0.0.1";

	private static final String IPV6_LOOPBACK = "::1";

	/** A host name has no colon, and no last label of digits only. */
	private static final Pattern IPV4_LITERAL = Pattern.compile("[0-9.]+");

	public ServerSpec {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(ipFamily, "ipFamily");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(proxyProtocol, "proxyProtocol");
		Objects.requireNonNull(framing, "framing");
		Objects.requireNonNull(charset, "charset");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(execution, "execution");
		Objects.requireNonNull(limits, "limits");
		Objects.requireNonNull(inbound, "inbound");
		Objects.requireNonNull(outbound, "outbound");
		Objects.requireNonNull(timeouts, "timeouts");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		args = List.copyOf(args);
		converters = List.copyOf(converters);
		check(isName(name), "name", name, "must be " + NAME_RULE);
		check(!host.isBlank(), "host", host, "must not be blank");
		check(port >= 0 && port <= 65535, "port", port, "must be between 0 and 65535");
		check(backlog >= 0, "backlog", backlog, "must not be negative");
		check(ipFamily != IpFamily.DUAL || isWildcard(host), "ipFamily", ipFamily,
				"listens on all addresses of both families: the address must be any");
		check(ipFamily != IpFamily.IPV4 || host.indexOf(':') < 0, "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is one of IPv6");
		check(ipFamily != IpFamily.IPV6 || !IPV4_LITERAL.matcher(host).matches(), "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is one of IPv4");
		check(requestsPerSession >= 0, "requestsPerSession", requestsPerSession, "must not be negative");
		check(readBufferBytes > 0, "readBufferBytes", readBufferBytes, POSITIVE);
		check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "must not be negative");
		checkFraming(handler, framing);
		check(charset.canEncode(), "charset", charset, "can be read only: replies could not be written in it");
		check(!framing.type().equals("line") || Arrays.equals("\n".getBytes(charset), LINE_FEED), "charset", charset,
				"does not write the end of a line as the one byte 0A, which ends a frame of framing line: use one "
						+ "that has ASCII in it, such as UTF-8, or another framing");
		check(!framing.passThrough() || !inbound.overflow().drops(), "inbound.overflow", inbound.overflow(),
				"would tear holes into a stream: raw framing allows block and close");
		check(!framing.switchable() || inbound.overflow() == InboundOverflow.BLOCK, "inbound.overflow",
				inbound.overflow(), "has nothing to do where the framing is switchable: frames are cut one at a time");
		check(handler instanceof ServerHandler.Messages || execution.mode() != ExecutionMode.EVENT_LOOP,
				"execution.mode", execution.mode(), "would block the I/O threads: the handler occupies a thread");
		if (heartbeat != null) {
			checkHeartbeat(heartbeat, framing, farewell);
		}
	}

	private static void checkHeartbeat(Heartbeat heartbeat, Framing framing, @Nullable String farewell) {
		String problem = HeartbeatFraming.problem(framing);
		check(problem == null, "heartbeat.period", heartbeat.period(), "is not possible: " + problem);
		check(farewell == null || !farewell.isEmpty(), "farewell", "empty", "would be sent as a heartbeat");
	}

	private static void checkFraming(ServerHandler handler, Framing framing) {
		if (handler instanceof ServerHandler.Streams) {
			check(framing.passThrough(), "framing", framing.type(),
					"would take the boundaries out of a stream: a stream handler reads raw bytes");
		}
		else {
			check(handler.bytesAsTheyCome() || !framing.passThrough() || !handler.input().text(), "framing",
					framing.type(),
					"has no boundaries, and a handler of text needs whole texts: " + "use a framing such as line");
		}
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		if (!valid) {
			throw new InvalidSpecException(component, value, rule);
		}
	}

	/**
	 * Whether a server may have a name.
	 * @param name the name
	 * @return whether it is as {@link #NAME_RULE} says
	 */
	public static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@code true} if {@link #host()} is {@value #ANY_HOST} or a wildcard address
	 */
	public boolean anyHost() {
		return isWildcard(this.host);
	}

	private static boolean isWildcard(String host) {
		return host.equals(ANY_HOST) || host.equals("0.0.0.0") || host.equals("::");
	}

	/**
	 * Begins a specification.
	 * @param name the server's name
	 * @return the builder; a handler must be given to it
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * Which threads run the handler.
	 *
	 * @param mode what kind; default {@link ExecutionMode#AUTO}
	 * @param threads most threads of a pool; default 200
	 * @param queue most sessions that wait for a thread of the pool, further ones are cut
	 * with {@link CloseReason#EXECUTOR_REJECTED}; default 10,000
	 * @param executor runs message handlers instead of threads of ours, and is never shut
	 * down by us; {@code null} for none, which is the default
	 */
	public record Execution(ExecutionMode mode, int threads, int queue, @Nullable Executor executor) {

		public Execution {
			Objects.requireNonNull(mode, "mode");
			check(threads > 0, "execution.threads", threads, POSITIVE);
			check(queue > 0, "execution.queue", queue, POSITIVE);
			check(executor == null || mode != ExecutionMode.EVENT_LOOP, "execution.executor", executor,
					"has nothing to run while the handler runs on the event loop");
		}

	}

	/**
	 * What a server bears.
	 *
	 * @param sessions most sessions at a time, further connections are refused; default
	 * 10,000, but 500 for stream and conversation handlers on platform threads. A server
	 * that starts where descriptors are fewer has
	 * {@linkplain ServerStatistics#maxSessions() as many as there can be}
	 * @param frame longest payload, in bytes; a longer frame closes the session with
	 * {@link CloseReason#FRAME_TOO_LARGE} without being buffered; default 64 KiB
	 * @param onFull what happens to connections beyond the sessions; default
	 * {@link OnFull#REJECT}
	 * @param acceptRate most new sessions in a second, the excess waits in the kernel; 0
	 * for any number, which is the default
	 * @param sessionsPerAddress most sessions at a time of one address, of IPv6 those
	 * with the same first 64 bits; 0 for any number, which is the default
	 * @param pending most connections at a time that are accepted and not sessions yet,
	 * since something has to come first (PROXY header, TLS handshake); default 1,000
	 * @param allow only these may connect; default none, which is everybody
	 * @param deny these may not connect, even if allowed; default none
	 * @param alarm how many percent of the sessions are worth an
	 * {@link Alarm.Kind#SESSIONS alarm}, and another only after there have been less than
	 * three quarters of those; 0 for no alarm, default 80
	 */
	public record Limits(int sessions, int frame, OnFull onFull, int acceptRate, int sessionsPerAddress, int pending,
			List<Cidr> allow, List<Cidr> deny, int alarm) {

		public Limits {
			check(sessions > 0, "limits.sessions", sessions, POSITIVE);
			check(frame > 0, "limits.frame", frame, POSITIVE);
			Objects.requireNonNull(onFull, "onFull");
			check(acceptRate >= 0, "limits.acceptRate", acceptRate, "must not be negative");
			check(sessionsPerAddress >= 0, "limits.sessionsPerAddress", sessionsPerAddress, "must not be negative");
			check(pending > 0, "limits.pending", pending, POSITIVE);
			allow = List.copyOf(allow);
			deny = List.copyOf(deny);
			check(alarm >= 0 && alarm <= 100, "limits.alarm", alarm + "%", "must be between 0% and 100%");
		}

	}

	/**
	 * What may wait between the socket and the handler of a session.
	 *
	 * @param capacity most frames; default 64
	 * @param bytes most bytes of such frames; default 256 KiB
	 * @param overflow what happens at either limit; default {@link InboundOverflow#BLOCK}
	 */
	public record Inbound(int capacity, int bytes, InboundOverflow overflow) {

		public Inbound {
			check(capacity > 0, "inbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "inbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * What may wait between a session and its socket.
	 *
	 * @param capacity most unsent writes; default 1,024
	 * @param bytes most unsent bytes; one longer write is admitted when nothing else is
	 * pending; default 256 KiB
	 * @param overflow what {@link SocketSession#send} does at either limit; default
	 * {@link OutboundOverflow#FAIL}
	 */
	public record Outbound(int capacity, int bytes, OutboundOverflow overflow) {

		public Outbound {
			check(capacity > 0, "outbound.capacity", capacity, POSITIVE);
			check(bytes > 0, "outbound.bytes", bytes, POSITIVE);
			Objects.requireNonNull(overflow, "overflow");
		}

	}

	/**
	 * What must not take too long; {@code null} for what may.
	 *
	 * @param firstFrame time to a session's first frame, which else closes with
	 * {@link CloseReason#FIRST_FRAME_TIMEOUT}; default {@code null}
	 * @param frame time from a frame's first byte to its last, or the session closes with
	 * {@link CloseReason#FRAME_TIMEOUT}; default 30 s
	 * @param idle time without a byte from the peer, after which a session closes with
	 * {@link CloseReason#IDLE_TIMEOUT}; default {@code null}
	 * @param write time in which a write must make progress, or the session is cut with
	 * {@link CloseReason#WRITE_TIMEOUT}; default 30 s
	 * @param session a session's greatest age, give or take a tenth, at which it closes
	 * with {@link CloseReason#SESSION_TIMEOUT}; default {@code null}
	 * @param handler a call of a message handler that lasts longer is reported as stuck,
	 * and not interrupted; default 10 s
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {

		private static final Duration MIN = Duration.ofMillis(1);

		private static final Duration MAX = Duration.ofDays(36_525);

		public Timeouts {
			checkTimeout(firstFrame, "timeouts.firstFrame");
			checkTimeout(frame, "timeouts.frame");
			checkTimeout(idle, "timeouts.idle");
			checkTimeout(write, "timeouts.write");
			checkTimeout(session, "timeouts.session");
			checkTimeout(handler, "timeouts.handler");
		}

		private static final String RULE = "must be at least a millisecond and at most 100 years";

		private static void checkTimeout(@Nullable Duration timeout, String component) {
			check(timeout == null || possible(timeout), component, timeout, RULE);
		}

		private static boolean possible(Duration timeout) {
			return timeout.compareTo(MIN) >= 0 && timeout.compareTo(MAX) <= 0;
		}

	}

	/**
	 * How threads are called, and what keeps the JVM alive. All threads are daemon
	 * threads; one that is not lives while a flag asks for it.
	 *
	 * @param name the name of threads that serve the server's sessions, in which
	 * <code>{name}</code> stands for the server's name; default
	 * <code>{name} server</code>
	 * @param serverDaemon whether the JVM may exit while the server listens; default
	 * {@code false}
	 * @param sessionDaemon whether the JVM may exit while a session is open; default
	 * {@code true}
	 */
	public record Threads(String name, boolean serverDaemon, boolean sessionDaemon) {

		public Threads {
			check(!name.isBlank(), "threads.name", name, "must not be blank");
		}

	}

	/**
	 * Whether load balancers tell, at the beginning of a connection, whom they speak for.
	 * Sessions, limits and logs have that address then.
	 *
	 * @param mode whether they do; default {@link ProxyMode#OFF}
	 * @param trusted the addresses of load balancers; a header from anywhere else is
	 * never believed; required unless the mode is off
	 */
	public record ProxyProtocol(ProxyMode mode, List<Cidr> trusted) {

		/** Time in which a header must have come. */
		public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);

		public ProxyProtocol {
			Objects.requireNonNull(mode, "mode");
			trusted = List.copyOf(trusted);
			check(mode == ProxyMode.OFF || !trusted.isEmpty(), "proxyProtocol.trusted", null,
					"is required: the addresses whose PROXY headers are believed");
		}

	}

	/**
	 * How the connections of a server are encrypted.
	 *
	 * @param bundle for peers that name no host, or none that {@code sni} has
	 * @param clientAuth whether peers must show a certificate; the same for all hosts
	 * @param handshakeTimeout time from the first byte that a peer may send to the end of
	 * its handshake, or it is refused with {@link RejectReason#TLS_FAILED}
	 * @param sni bundles by the host that a peer names (RFC 6066, section 3): a host
	 * name, or <code>*.</code> and a host name for all that have one more label
	 * @param clientHelloBytes longest ClientHello; a peer that announces a longer one is
	 * refused before it is buffered
	 */
	public record Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
			int clientHelloBytes) {

		/** The default of {@link #handshakeTimeout()}. */
		public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

		/** The default of {@link #clientHelloBytes()}: 16 KiB, the longest TLS record. */
		public static final int DEFAULT_CLIENT_HELLO_BYTES = 16 * 1024;

		private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

		public Tls {
			Objects.requireNonNull(bundle, "bundle");
			Objects.requireNonNull(clientAuth, "clientAuth");
			check(Timeouts.possible(handshakeTimeout), "ssl.handshakeTimeout", handshakeTimeout, Timeouts.RULE);
			check(clientHelloBytes > 0, "ssl.clientHelloBytes", clientHelloBytes, POSITIVE);
			sni = Map.copyOf(sni);
			sni.keySet()
				.forEach((host) -> check(HOST.matcher(host).matches(), "ssl.sni", host,
						"may have lower-case host names in ASCII, and *. with such a name"));
			if (clientAuth != ClientAuth.NONE) {
				checkTrust(bundle, clientAuth);
				sni.values().forEach((other) -> checkTrust(other, clientAuth));
			}
		}

		private static void checkTrust(TlsBundle bundle, ClientAuth clientAuth) {
			check(bundle.material().trusts(), "ssl.clientAuth", clientAuth,
					"needs trust material to check the certificates of peers with, and SSL bundle '" + bundle.name()
							+ "' has none");
		}

		/**
		 * TLS with one bundle and defaults for all else: peers need no certificate.
		 * @param bundle the bundle
		 * @return the component
		 */
		public static Tls of(TlsBundle bundle) {
			return of(bundle, ClientAuth.NONE);
		}

		/**
		 * TLS with one bundle and defaults for all else.
		 * @param bundle the bundle
		 * @param clientAuth whether peers must show a certificate
		 * @return the component
		 */
		public static Tls of(TlsBundle bundle, ClientAuth clientAuth) {
			return new Tls(bundle, clientAuth, DEFAULT_HANDSHAKE_TIMEOUT, Map.of(), DEFAULT_CLIENT_HELLO_BYTES);
		}

	}

	/**
	 * Heartbeats: frames with an empty payload, which show that a side is there while it
	 * has nothing to say. They are neither handled nor counted as messages, and no empty
	 * payload can be sent. Both sides should be configured alike. The framing is a
	 * {@link Framing#lengthField() length-field} that has empty frames.
	 *
	 * @param period time without anything to send after which a heartbeat is sent; at
	 * least 10 milliseconds
	 * @param timeout time without a byte from the peer after which its session is cut
	 * with {@link CloseReason#HEARTBEAT_TIMEOUT}; time in which we do not read does not
	 * count. More than the period, and better twice as much
	 */
	public record Heartbeat(Duration period, Duration timeout) {

		private static final Duration MIN = Duration.ofMillis(10);

		private static final Duration MAX = Duration.ofDays(366);

		private static final int PERIODS = 4;

		public Heartbeat {
			check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period", period,
					"must be at least 10 milliseconds and at most a year");
			check(timeout.compareTo(period) > 0, "heartbeat.timeout", timeout, "must be longer than heartbeat.period, "
					+ period.toMillis() + " ms: a peer that sends its heartbeats in time would be cut");
			check(Timeouts.possible(timeout), "heartbeat.timeout", timeout, Timeouts.RULE);
		}

		/**
		 * Heartbeats whose timeout is four periods, which is the default.
		 * @param period the period
		 * @return the component
		 */
		public static Heartbeat of(Duration period) {
			return new Heartbeat(period, (period.compareTo(MAX) <= 0) ? period.multipliedBy(PERIODS) : period);
		}

	}

	/**
	 * A component of a specification has a value it cannot have.
	 */
	public static final class InvalidSpecException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		private final String component;

		private final String rule;

		InvalidSpecException(String component, @Nullable Object value, String rule) {
			super(component + " is " + value + ", but " + rule);
			this.component = component;
			this.rule = rule;
		}

		/**
		 * Returns the component's name.
		 * @return the name, as in {@link ServerSpec}; behind a dot, as in the record that
		 * groups it
		 */
		public String component() {
			return this.component;
		}

		/**
		 * Returns the rule that the value breaks.
		 * @return the rule, a phrase without a subject
		 */
		public String rule() {
			return this.rule;
		}

	}

	/**
	 * Collects the components of a specification; what is not given gets its default. Not
	 * safe for use by several threads.
	 */
	public static final class Builder {

		private final String name;

		private @Nullable ServerHandler handler;

		private @Nullable Tls tls;

		private @Nullable Heartbeat heartbeat;

		private @Nullable String host;

		private int port;

		private List<String> args = List.of();

		private @Nullable Framing framing;

		private Charset charset = StandardCharsets.UTF_8;

		private Transport transport = Transport.AUTO;

		private List<PayloadConverter<?>> converters = List.of();

		private ExecutionMode execution = ExecutionMode.AUTO;

		private int executionThreads = 200;

		private int executionQueue = 10_000;

		private @Nullable Executor executor;

		private @Nullable Integer maxSessions;

		private int maxFrameBytes = 64 * 1024;

		private int readBufferBytes = 8 * 1024;

		private int inboundFrames = 64;

		private int inboundBytes = 256 * 1024;

		private InboundOverflow inboundOverflow = InboundOverflow.BLOCK;

		private int outboundWrites = 1024;

		private int outboundBytes = 256 * 1024;

		private OutboundOverflow outboundOverflow = OutboundOverflow.FAIL;

		private @Nullable Duration idleTimeout;

		private @Nullable Duration handlerTimeout = Duration.ofSeconds(10);

		private Duration drainTimeout = Duration.ofSeconds(27);

		private IpFamily ipFamily = IpFamily.ANY;

		private int backlog;

		private SocketOptions options = SocketOptions.DEFAULT;

		private OnFull onFull = OnFull.REJECT;

		private int acceptRate;

		private int sessionsAlarm = 80;

		private @Nullable Duration firstFrameTimeout;

		private @Nullable Duration frameTimeout = Duration.ofSeconds(30);

		private @Nullable Duration writeTimeout = Duration.ofSeconds(30);

		private @Nullable Duration sessionTimeout;

		private boolean oneShot;

		private int requestsPerSession;

		private @Nullable String farewell;

		private String threadName = "{name} server";

		private boolean serverDaemon;

		private boolean sessionDaemon = true;

		private int maxSessionsPerAddress;

		private int maxPending = 1_000;

		private List<Cidr> allow = List.of();

		private List<Cidr> deny = List.of();

		private ProxyProtocol proxyProtocol = new ProxyProtocol(ProxyMode.OFF, List.of());

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * Sets {@link ServerSpec#handler()}.
		 * @param handler the value
		 * @return this builder
		 */
		public Builder handler(ServerHandler handler) {
			this.handler = handler;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#host()}.
		 * @param host the value
		 * @return this builder
		 */
		public Builder host(String host) {
			this.host = host;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.port = port;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#args()}.
		 * @param args the value
		 * @return this builder
		 */
		public Builder args(List<String> args) {
			this.args = args;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#framing()}.
		 * @param framing the value
		 * @return this builder
		 */
		public Builder framing(Framing framing) {
			this.framing = framing;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#charset()}.
		 * @param charset the value
		 * @return this builder
		 */
		public Builder charset(Charset charset) {
			this.charset = charset;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#converters()}.
		 * @param converters the value
		 * @return this builder
		 */
		public Builder converters(List<PayloadConverter<?>> converters) {
			this.converters = converters;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#transport()}.
		 * @param transport the value
		 * @return this builder
		 */
		public Builder transport(Transport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Sets {@link Execution#mode()}.
		 * @param execution the value
		 * @return this builder
		 */
		public Builder execution(ExecutionMode execution) {
			this.execution = execution;
			return this;
		}

		/**
		 * Sets {@link Execution#threads()}.
		 * @param executionThreads the value
		 * @return this builder
		 */
		public Builder executionThreads(int executionThreads) {
			this.executionThreads = executionThreads;
			return this;
		}

		/**
		 * Sets {@link Execution#queue()}.
		 * @param executionQueue the value
		 * @return this builder
		 */
		public Builder executionQueue(int executionQueue) {
			this.executionQueue = executionQueue;
			return this;
		}

		/**
		 * Sets {@link Execution#executor()}.
		 * @param executor the value
		 * @return this builder
		 */
		public Builder executor(@Nullable Executor executor) {
			this.executor = executor;
			return this;
		}

		/**
		 * Sets {@link Limits#sessions()}.
		 * @param maxSessions the value
		 * @return this builder
		 */
		public Builder maxSessions(int maxSessions) {
			this.maxSessions = maxSessions;
			return this;
		}

		/**
		 * Sets {@link Limits#frame()}.
		 * @param maxFrameBytes the value
		 * @return this builder
		 */
		public Builder maxFrameBytes(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#readBufferBytes()}.
		 * @param readBufferBytes the value
		 * @return this builder
		 */
		public Builder readBufferBytes(int readBufferBytes) {
			this.readBufferBytes = readBufferBytes;
			return this;
		}

		/**
		 * Sets {@link Inbound#capacity()}.
		 * @param inboundFrames the value
		 * @return this builder
		 */
		public Builder inboundFrames(int inboundFrames) {
			this.inboundFrames = inboundFrames;
			return this;
		}

		/**
		 * Sets {@link Inbound#bytes()}.
		 * @param inboundBytes the value
		 * @return this builder
		 */
		public Builder inboundBytes(int inboundBytes) {
			this.inboundBytes = inboundBytes;
			return this;
		}

		/**
		 * Sets {@link Inbound#overflow()}.
		 * @param inboundOverflow the value
		 * @return this builder
		 */
		public Builder inboundOverflow(InboundOverflow inboundOverflow) {
			this.inboundOverflow = inboundOverflow;
			return this;
		}

		/**
		 * Sets {@link Outbound#capacity()}.
		 * @param outboundWrites the value
		 * @return this builder
		 */
		public Builder outboundWrites(int outboundWrites) {
			this.outboundWrites = outboundWrites;
			return this;
		}

		/**
		 * Sets {@link Outbound#bytes()}.
		 * @param outboundBytes the value
		 * @return this builder
		 */
		public Builder outboundBytes(int outboundBytes) {
			this.outboundBytes = outboundBytes;
			return this;
		}

		/**
		 * Sets {@link Outbound#overflow()}.
		 * @param outboundOverflow the value
		 * @return this builder
		 */
		public Builder outboundOverflow(OutboundOverflow outboundOverflow) {
			this.outboundOverflow = outboundOverflow;
			return this;
		}

		/**
		 * Sets {@link Timeouts#idle()}.
		 * @param idleTimeout the value
		 * @return this builder
		 */
		public Builder idleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		/**
		 * Sets {@link Timeouts#handler()}.
		 * @param handlerTimeout the value
		 * @return this builder
		 */
		public Builder handlerTimeout(@Nullable Duration handlerTimeout) {
			this.handlerTimeout = handlerTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#drainTimeout()}.
		 * @param drainTimeout the value
		 * @return this builder
		 */
		public Builder drainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#ipFamily()}.
		 * @param ipFamily the value
		 * @return this builder
		 */
		public Builder ipFamily(IpFamily ipFamily) {
			this.ipFamily = ipFamily;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#backlog()}.
		 * @param backlog the value
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.backlog = backlog;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#options()}.
		 * @param options the value
		 * @return this builder
		 */
		public Builder options(SocketOptions options) {
			this.options = options;
			return this;
		}

		/**
		 * Sets {@link Limits#onFull()}.
		 * @param onFull the value
		 * @return this builder
		 */
		public Builder onFull(OnFull onFull) {
			this.onFull = onFull;
			return this;
		}

		/**
		 * Sets {@link Limits#acceptRate()}.
		 * @param acceptRate the value
		 * @return this builder
		 */
		public Builder acceptRate(int acceptRate) {
			this.acceptRate = acceptRate;
			return this;
		}

		/**
		 * Sets {@link Limits#alarm()}.
		 * @param sessionsAlarm the value
		 * @return this builder
		 */
		public Builder sessionsAlarm(int sessionsAlarm) {
			this.sessionsAlarm = sessionsAlarm;
			return this;
		}

		/**
		 * Sets {@link Timeouts#firstFrame()}.
		 * @param firstFrameTimeout the value
		 * @return this builder
		 */
		public Builder firstFrameTimeout(@Nullable Duration firstFrameTimeout) {
			this.firstFrameTimeout = firstFrameTimeout;
			return this;
		}

		/**
		 * Sets {@link Timeouts#frame()}.
		 * @param frameTimeout the value
		 * @return this builder
		 */
		public Builder frameTimeout(@Nullable Duration frameTimeout) {
			this.frameTimeout = frameTimeout;
			return this;
		}

		/**
		 * Sets {@link Timeouts#write()}.
		 * @param writeTimeout the value
		 * @return this builder
		 */
		public Builder writeTimeout(@Nullable Duration writeTimeout) {
			this.writeTimeout = writeTimeout;
			return this;
		}

		/**
		 * Sets {@link Timeouts#session()}.
		 * @param sessionTimeout the value
		 * @return this builder
		 */
		public Builder sessionTimeout(@Nullable Duration sessionTimeout) {
			this.sessionTimeout = sessionTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#oneShot()}.
		 * @param oneShot the value
		 * @return this builder
		 */
		public Builder oneShot(boolean oneShot) {
			this.oneShot = oneShot;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#requestsPerSession()}.
		 * @param requestsPerSession the value
		 * @return this builder
		 */
		public Builder requestsPerSession(int requestsPerSession) {
			this.requestsPerSession = requestsPerSession;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#farewell()}.
		 * @param farewell the value
		 * @return this builder
		 */
		public Builder farewell(@Nullable String farewell) {
			this.farewell = farewell;
			return this;
		}

		/**
		 * Sets {@link Threads#name()}.
		 * @param threadName the value
		 * @return this builder
		 */
		public Builder threadName(String threadName) {
			this.threadName = threadName;
			return this;
		}

		/**
		 * Sets {@link Threads#serverDaemon()}.
		 * @param serverDaemon the value
		 * @return this builder
		 */
		public Builder serverDaemon(boolean serverDaemon) {
			this.serverDaemon = serverDaemon;
			return this;
		}

		/**
		 * Sets {@link Threads#sessionDaemon()}.
		 * @param sessionDaemon the value
		 * @return this builder
		 */
		public Builder sessionDaemon(boolean sessionDaemon) {
			this.sessionDaemon = sessionDaemon;
			return this;
		}

		/**
		 * Sets {@link Limits#sessionsPerAddress()}.
		 * @param maxSessionsPerAddress the value
		 * @return this builder
		 */
		public Builder maxSessionsPerAddress(int maxSessionsPerAddress) {
			this.maxSessionsPerAddress = maxSessionsPerAddress;
			return this;
		}

		/**
		 * Sets {@link Limits#pending()}.
		 * @param maxPending the value
		 * @return this builder
		 */
		public Builder maxPending(int maxPending) {
			this.maxPending = maxPending;
			return this;
		}

		/**
		 * Sets {@link Limits#allow()}.
		 * @param allow the value
		 * @return this builder
		 */
		public Builder allow(List<Cidr> allow) {
			this.allow = allow;
			return this;
		}

		/**
		 * Sets {@link Limits#deny()}.
		 * @param deny the value
		 * @return this builder
		 */
		public Builder deny(List<Cidr> deny) {
			this.deny = deny;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#proxyProtocol()}.
		 * @param mode whether load balancers tell whom they speak for
		 * @param trusted the addresses of load balancers
		 * @return this builder
		 * @throws InvalidSpecException if the mode is on and there are none
		 */
		public Builder proxyProtocol(ProxyMode mode, List<Cidr> trusted) {
			this.proxyProtocol = new ProxyProtocol(mode, trusted);
			return this;
		}

		/**
		 * Sets {@link ServerSpec#tls()}.
		 * @param tls the value
		 * @return this builder
		 */
		public Builder tls(@Nullable Tls tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#heartbeat()}.
		 * @param heartbeat the value
		 * @return this builder
		 */
		public Builder heartbeat(@Nullable Heartbeat heartbeat) {
			this.heartbeat = heartbeat;
			return this;
		}

		/**
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has a value it cannot have
		 */
		public ServerSpec build() {
			ServerHandler handler = this.handler;
			if (handler == null) {
				throw new InvalidSpecException("handler", null, "is required");
			}
			String host = this.host;
			if (host == null) {
				host = (this.ipFamily == IpFamily.IPV6) ? IPV6_LOOPBACK : LOOPBACK;
			}
			return new ServerSpec(this.name, handler, host, this.port, this.ipFamily, this.backlog, this.options,
					this.args, framingFor(handler), this.charset, this.converters, this.transport,
					new Execution(this.execution, this.executionThreads, this.executionQueue, this.executor),
					new Limits(maxSessionsFor(handler), this.maxFrameBytes, this.onFull, this.acceptRate,
							this.maxSessionsPerAddress, this.maxPending, this.allow, this.deny, this.sessionsAlarm),
					this.readBufferBytes, new Inbound(this.inboundFrames, this.inboundBytes, this.inboundOverflow),
					new Outbound(this.outboundWrites, this.outboundBytes, this.outboundOverflow),
					new Timeouts(this.firstFrameTimeout, this.frameTimeout, this.idleTimeout, this.writeTimeout,
							this.sessionTimeout, this.handlerTimeout),
					this.oneShot, this.requestsPerSession, this.farewell, this.drainTimeout,
					new Threads(this.threadName, this.serverDaemon, this.sessionDaemon), this.proxyProtocol, this.tls,
					this.heartbeat);
		}

		private int maxSessionsFor(ServerHandler handler) {
			if (this.maxSessions != null) {
				return this.maxSessions;
			}
			boolean threadPerSession = !(handler instanceof ServerHandler.Messages);
			return (threadPerSession && this.execution.resolve() != ExecutionMode.VIRTUAL) ? 500 : DEFAULT_SESSIONS;
		}

		private Framing framingFor(ServerHandler handler) {
			if (this.framing != null) {
				return this.framing;
			}
			PayloadConverter<?> input = handler.input();
			if (handler.bytesAsTheyCome()) {
				return Framing.raw();
			}
			if (input.text()) {
				return Framing.line();
			}
			throw new InvalidSpecException("framing", null,
					"is required for a handler of bytes: line, length-field, or raw for bytes as they come");
		}

	}

}
