package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ServerSpec.IpFamily;
import dev.socketserver.ServerSpec.OnFull;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.tls.ClientAuth;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of socket servers and clients.
 * <p>
 * Blocks with many keys are classes with setters, and not records: from Java 18 on,
 * calling a constructor of thirty parameters by reflection makes the JVM build a method
 * handle that converts each of them (JEP 416), which takes tens of milliseconds of the
 * start.
 */
@ConfigurationProperties("socket")
public class SocketProperties {

	static final String EVENT_LOOP_THREADS = "socket.event-loop-threads";

	/**
	 * Whether to enable socket servers and clients, and the beans of the starter.
	 */
	private boolean enabled = true;

	/**
	 * Socket servers by name. A name is a lower-case letter, followed by lower-case
	 * letters, digits and dashes. Names without dashes are the easiest to use in
	 * environment variables. Each server has the keys of socket.server-defaults, and
	 * port, handler and args.
	 */
	private Map<String, Server> servers = new LinkedHashMap<>();

	/**
	 * Values of the keys that a server does not set itself.
	 */
	private @Nullable ServerDefaults serverDefaults;

	/**
	 * Socket clients by name, each of which keeps a connection to a server. The rules for
	 * names are those for servers. Each client has the keys of socket.server-defaults
	 * that apply to clients, port, handler and args, and keys of its own, such as host
	 * and reconnect.period. It does not inherit the values of socket.server-defaults.
	 */
	private Map<String, Client> clients = new LinkedHashMap<>();

	/**
	 * Number of threads that do the I/O of all servers and clients of one transport. By
	 * default, the number of cores.
	 */
	private @Nullable Integer eventLoopThreads;

	/**
	 * Limits of all servers and clients together.
	 */
	private @Nullable OverallLimits limits;

	/**
	 * Observations of handled messages.
	 */
	private Observations observations = new Observations(false);

	/** Settings of consoles, which are servers whose handler is repl. */
	private Repl repl = new Repl();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Map<String, Server> getServers() {
		return this.servers;
	}

	public void setServers(Map<String, Server> servers) {
		this.servers = servers;
	}

	public @Nullable ServerDefaults getServerDefaults() {
		return this.serverDefaults;
	}

	public void setServerDefaults(@Nullable ServerDefaults serverDefaults) {
		this.serverDefaults = serverDefaults;
	}

	public Map<String, Client> getClients() {
		return this.clients;
	}

	public void setClients(Map<String, Client> clients) {
		this.clients = clients;
	}

	public @Nullable Integer getEventLoopThreads() {
		return this.eventLoopThreads;
	}

	public void setEventLoopThreads(@Nullable Integer eventLoopThreads) {
		this.eventLoopThreads = eventLoopThreads;
	}

	public @Nullable OverallLimits getLimits() {
		return this.limits;
	}

	public void setLimits(@Nullable OverallLimits limits) {
		this.limits = limits;
	}

	public Observations getObservations() {
		return this.observations;
	}

	public void setObservations(Observations observations) {
		this.observations = observations;
	}

	public Repl getRepl() {
		return this.repl;
	}

	public void setRepl(Repl repl) {
		this.repl = repl;
	}

	/** Returns the limit of memory in bytes, or the default. */
	long memoryBytes(long otherwise) {
		return (this.limits != null) ? this.limits.memoryBytes(otherwise) : otherwise;
	}

	/** Returns how many threads do the I/O, or the number of cores. */
	int ioThreads() {
		if (this.eventLoopThreads == null) {
			return Runtime.getRuntime().availableProcessors();
		}
		if (this.eventLoopThreads <= 0) {
			throw new InvalidSocketPropertyException(EVENT_LOOP_THREADS, this.eventLoopThreads, "it must be positive",
					"Leave it out for as many threads as the machine has cores");
		}
		return this.eventLoopThreads;
	}

	/**
	 * Observations.
	 *
	 * @param enabled Whether to observe each message that a server handles, for traces
	 * and timers.
	 */
	public record Observations(@DefaultValue("false") boolean enabled) {

	}

	/**
	 * Limits of all servers and clients together.
	 *
	 * @param memory Maximum number of bytes that wait in all servers and clients, inbound
	 * and outbound, including the output of clients that are not connected. Near the
	 * limit, sessions that hold some of these bytes are not read from; above it, the
	 * sessions that hold most are closed. A size without a unit is in bytes. By default,
	 * a quarter of the heap or of the JVM's limit of direct memory, at most 256 MB.
	 */
	public record OverallLimits(@Nullable DataSize memory) {

		/** Returns the limit in bytes, or the default. */
		long memoryBytes(long otherwise) {
			if (this.memory == null) {
				return otherwise;
			}
			if (this.memory.toBytes() <= 0) {
				throw new InvalidSocketPropertyException("socket.limits.memory", this.memory,
						"it must be a positive size",
						"Write a size such as 64MB, or leave it out for a quarter of the JVM's memory");
			}
			return this.memory.toBytes();
		}

	}

	/**
	 * The properties of one server: those that it can inherit, and those of its own.
	 */
	public static class Server extends ServerDefaults implements NamesHandler {

		/**
		 * Port to listen on, 0 for a free port, or the name of a TCP service in the
		 * services database of the machine.
		 */
		private @Nullable String port;

		/**
		 * Name of the bean that handles the sessions, or echo, discard, daytime or repl.
		 * By default, the bean whose SocketHandler annotation names the server.
		 */
		private @Nullable String handler;

		/**
		 * Arguments that are passed to the handler in SocketSession.args().
		 */
		private List<String> args = List.of();

		public @Nullable String getPort() {
			return this.port;
		}

		public void setPort(@Nullable String port) {
			this.port = port;
		}

		@Override
		public @Nullable String getHandler() {
			return this.handler;
		}

		public void setHandler(@Nullable String handler) {
			this.handler = handler;
		}

		public List<String> getArgs() {
			return this.args;
		}

		public void setArgs(List<String> args) {
			this.args = args;
		}

	}

	/** The properties that servers inherit from the shared defaults. */
	public static class ServerDefaults extends SessionProperties {

		/**
		 * Host name or address to listen on; any or * for all interfaces.
		 */
		private @Nullable String address;

		/**
		 * Limits.
		 */
		private @Nullable Limits limits;

		/**
		 * Families of the addresses to listen on. With any, the server listens on IPv6 or
		 * IPv4, the first one that can be bound. With dual, it listens on an IPv6 socket
		 * that also accepts IPv4, which needs a wildcard address.
		 */
		private @Nullable IpFamily ipFamily;

		/**
		 * Maximum number of connections that wait in the kernel to be accepted; 0 for the
		 * default of the operating system.
		 */
		private @Nullable Integer backlog;

		/**
		 * Whether to stop the server when its first session has ended.
		 */
		private @Nullable Boolean oneShot;

		/**
		 * Number of frames after which a session is closed, once the replies to the last
		 * one are sent; 0 for no limit.
		 */
		private @Nullable Integer requestsPerSession;

		/**
		 * Text to send to each session when the server begins to drain or stop; empty for
		 * none.
		 */
		private @Nullable String farewell;

		/**
		 * Names of threads, and what keeps the JVM alive.
		 */
		private @Nullable Threads threads;

		/**
		 * When and how the server starts.
		 */
		private @Nullable Start start;

		/**
		 * The PROXY protocol, with which load balancers pass on the addresses of their
		 * clients.
		 */
		private @Nullable ProxyProtocol proxyProtocol;

		/**
		 * Encryption with TLS.
		 */
		private @Nullable Ssl ssl;

		public @Nullable String getAddress() {
			return this.address;
		}

		public void setAddress(@Nullable String address) {
			this.address = address;
		}

		public @Nullable Limits getLimits() {
			return this.limits;
		}

		public void setLimits(@Nullable Limits limits) {
			this.limits = limits;
		}

		public @Nullable IpFamily getIpFamily() {
			return this.ipFamily;
		}

		public void setIpFamily(@Nullable IpFamily ipFamily) {
			this.ipFamily = ipFamily;
		}

		public @Nullable Integer getBacklog() {
			return this.backlog;
		}

		public void setBacklog(@Nullable Integer backlog) {
			this.backlog = backlog;
		}

		public @Nullable Boolean getOneShot() {
			return this.oneShot;
		}

		public void setOneShot(@Nullable Boolean oneShot) {
			this.oneShot = oneShot;
		}

		public @Nullable Integer getRequestsPerSession() {
			return this.requestsPerSession;
		}

		public void setRequestsPerSession(@Nullable Integer requestsPerSession) {
			this.requestsPerSession = requestsPerSession;
		}

		public @Nullable String getFarewell() {
			return this.farewell;
		}

		public void setFarewell(@Nullable String farewell) {
			this.farewell = farewell;
		}

		public @Nullable Threads getThreads() {
			return this.threads;
		}

		public void setThreads(@Nullable Threads threads) {
			this.threads = threads;
		}

		public @Nullable Start getStart() {
			return this.start;
		}

		public void setStart(@Nullable Start start) {
			this.start = start;
		}

		public @Nullable ProxyProtocol getProxyProtocol() {
			return this.proxyProtocol;
		}

		public void setProxyProtocol(@Nullable ProxyProtocol proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
		}

		public @Nullable Ssl getSsl() {
			return this.ssl;
		}

		public void setSsl(@Nullable Ssl ssl) {
			this.ssl = ssl;
		}

	}

	/**
	 * The properties of one client. Output waits within its limits whether the client is
	 * connected or not; when there is no room, sending blocks by default.
	 */
	public static class Client extends SessionProperties implements NamesHandler {

		/**
		 * Host name or address of the server, which is resolved again for each attempt to
		 * connect.
		 */
		private @Nullable String host;

		/**
		 * Port of the server, the name of a TCP service in the services database of the
		 * machine, or local.socket.[name].port for the port of a server of the same
		 * application.
		 */
		private @Nullable String port;

		/**
		 * Name of the bean that handles what is received, or echo, discard or daytime. By
		 * default, the bean whose SocketClientHandler annotation names the client;
		 * without a handler, the application calls the methods of the client.
		 */
		private @Nullable String handler;

		/**
		 * Arguments that are passed to the handler in SocketSession.args().
		 */
		private List<String> args = List.of();

		/**
		 * Time after which an attempt to connect is given up, from the resolution of the
		 * host name to the end of the TLS handshake. A duration without a unit is in
		 * milliseconds.
		 */
		private @Nullable Duration connectTimeout;

		/**
		 * When the client attempts to connect again.
		 */
		private @Nullable Reconnect reconnect;

		/**
		 * Name of the Correlator or Function bean that assigns replies to requests.
		 * Without one, replies must arrive in the order of the requests.
		 */
		private @Nullable String correlator;

		/**
		 * Limits.
		 */
		private @Nullable ClientLimits limits;

		/**
		 * Names of threads.
		 */
		private @Nullable ClientThreads threads;

		/**
		 * When the client starts.
		 */
		private @Nullable ClientStart start;

		/**
		 * Encryption with TLS.
		 */
		private @Nullable ClientSsl ssl;

		public @Nullable String getHost() {
			return this.host;
		}

		public void setHost(@Nullable String host) {
			this.host = host;
		}

		public @Nullable String getPort() {
			return this.port;
		}

		public void setPort(@Nullable String port) {
			this.port = port;
		}

		@Override
		public @Nullable String getHandler() {
			return this.handler;
		}

		public void setHandler(@Nullable String handler) {
			this.handler = handler;
		}

		public List<String> getArgs() {
			return this.args;
		}

		public void setArgs(List<String> args) {
			this.args = args;
		}

		public @Nullable Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(@Nullable Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public @Nullable Reconnect getReconnect() {
			return this.reconnect;
		}

		public void setReconnect(@Nullable Reconnect reconnect) {
			this.reconnect = reconnect;
		}

		public @Nullable String getCorrelator() {
			return this.correlator;
		}

		public void setCorrelator(@Nullable String correlator) {
			this.correlator = correlator;
		}

		public @Nullable ClientLimits getLimits() {
			return this.limits;
		}

		public void setLimits(@Nullable ClientLimits limits) {
			this.limits = limits;
		}

		public @Nullable ClientThreads getThreads() {
			return this.threads;
		}

		public void setThreads(@Nullable ClientThreads threads) {
			this.threads = threads;
		}

		public @Nullable ClientStart getStart() {
			return this.start;
		}

		public void setStart(@Nullable ClientStart start) {
			this.start = start;
		}

		public @Nullable ClientSsl getSsl() {
			return this.ssl;
		}

		public void setSsl(@Nullable ClientSsl ssl) {
			this.ssl = ssl;
		}

	}

	/**
	 * When the client attempts to connect again.
	 *
	 * @param period Time before the first attempt to connect after a stable connection
	 * has ended. It doubles with each further attempt. A duration without a unit is in
	 * milliseconds.
	 * @param maxPeriod Maximum time between attempts to connect. A connection that lasted
	 * longer was stable. A duration without a unit is in milliseconds.
	 * @param jitter Maximum part of the time between attempts to connect that is left out
	 * at random, from 0 to 1.
	 */
	public record Reconnect(@Nullable Duration period, @Nullable Duration maxPeriod, @Nullable Double jitter) {

	}

	/**
	 * Limits of a client.
	 *
	 * @param frame Maximum length of a frame. A longer one is not buffered, and ends the
	 * connection. A size without a unit is in bytes.
	 */
	public record ClientLimits(@Nullable DataSize frame) {

	}

	/**
	 * Names of a client's threads.
	 *
	 * @param name Name of the threads that run the handler of the client; {name} is
	 * replaced by the name of the client.
	 */
	public record ClientThreads(@Nullable String name) {

	}

	/**
	 * When a client starts.
	 *
	 * @param auto Whether to start the client with the application.
	 */
	public record ClientStart(@Nullable Boolean auto) {

	}

	/**
	 * How a client's connection is encrypted.
	 *
	 * @param bundle Name of the SSL bundle with the trusted certificates of servers.
	 * Without a bundle, TLS is disabled. If the bundle has no trust material, the client
	 * trusts the certificates that the JVM trusts.
	 * @param serverName Host name to ask the server for, which its certificate must
	 * match. By default, the configured host.
	 */
	public record ClientSsl(@Nullable String bundle, @Nullable String serverName) {

	}

	/**
	 * What may wait for the handler of a session.
	 *
	 * @param capacity Maximum number of frames of a session that wait for the handler.
	 * @param bytes Maximum number of bytes of the frames of a session that wait for the
	 * handler. A size without a unit is in bytes.
	 * @param overflow What to do when more frames arrive than may wait: block stops
	 * reading the socket. Raw framing allows block and close.
	 */
	public record Inbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable InboundOverflow overflow) {

	}

	/**
	 * What may wait for the peer of a session.
	 *
	 * @param capacity Maximum number of unsent writes of a session.
	 * @param bytes Maximum number of unsent bytes of a session. A single longer write is
	 * admitted when nothing else is pending. A size without a unit is in bytes.
	 * @param overflow What to do when the application sends more than may be unsent.
	 * Replies are never refused: they wait, and reading pauses meanwhile.
	 */
	public record Outbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable OutboundOverflow overflow) {

	}

	/**
	 * Limits of a server.
	 *
	 * @param sessions Maximum number of sessions at a time. The default is 500 for stream
	 * and conversation handlers on platform threads.
	 * @param onFull What to do with connections beyond the maximum number of sessions:
	 * reject refuses them, wait leaves them in the backlog of the kernel until a session
	 * has ended.
	 * @param acceptRate Maximum number of connections that are admitted per second; 0 for
	 * no limit. Further connections wait in the kernel.
	 * @param frame Maximum length of a frame. A longer one is not buffered, and closes
	 * its session. A size without a unit is in bytes.
	 * @param sessionsPerAddress Maximum number of sessions of one address at a time; 0
	 * for no limit. IPv6 addresses with the same first 64 bits count as one. Behind a
	 * proxy, the address of its client counts.
	 * @param pending Maximum number of accepted connections that are not sessions yet,
	 * because a PROXY header or a TLS handshake has to precede them.
	 * @param allow Addresses, or ranges of addresses, that may connect. By default, all
	 * addresses may.
	 * @param deny Addresses, or ranges of addresses, that may not connect, even if they
	 * are allowed.
	 * @param alarm Share of the maximum number of sessions at which an alarm event is
	 * published; 0% for never. Pending connections count as sessions. The event is
	 * published again only after the number was below three quarters of that, or after
	 * another start.
	 */
	public record Limits(@Nullable Integer sessions, @Nullable OnFull onFull, @Nullable Integer acceptRate,
			@Nullable DataSize frame, @Nullable Integer sessionsPerAddress, @Nullable Integer pending,
			@Nullable List<String> allow, @Nullable List<String> deny, @Nullable Percentage alarm) {

	}

	/**
	 * The PROXY protocol, with which load balancers pass on the addresses of their
	 * clients.
	 *
	 * @param mode Whether connections begin with a header of the PROXY protocol. Required
	 * refuses connections without a header, and all that are not from trusted addresses.
	 * @param trusted Addresses, or ranges of addresses, of the load balancers, whose
	 * headers are trusted.
	 */
	public record ProxyProtocol(@Nullable ProxyMode mode, @Nullable List<String> trusted) {

	}

	/**
	 * Timeouts of a server or client.
	 *
	 * @param firstFrame Time after which a session is closed if its first frame has not
	 * arrived; 0 for never. A duration without a unit is in milliseconds.
	 * @param frame Maximum time from the first byte of a frame to its last, after which
	 * its session is closed; 0 for no limit. A duration without a unit is in
	 * milliseconds.
	 * @param idle Time without a byte from the peer after which a session is closed; 0
	 * for never. A duration without a unit is in milliseconds.
	 * @param write Time after which a session is cut if a write makes no progress; 0 for
	 * never. A duration without a unit is in milliseconds.
	 * @param session Age, plus or minus a tenth, at which a session is closed; 0 for
	 * never. A duration without a unit is in milliseconds.
	 * @param handler Time after which a call of a message handler is reported as stuck; 0
	 * for never. The call is not interrupted. A duration without a unit is in
	 * milliseconds.
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {

	}

	/**
	 * Options of the sockets of a server or client. An option that the platform does not
	 * support fails the start.
	 *
	 * @param tcpNoDelay Whether to send small writes at once.
	 * @param keepAlive Whether to probe idle connections.
	 * @param keepAliveIdle Time without traffic after which a connection is probed. A
	 * duration without a unit is in milliseconds.
	 * @param keepAliveInterval Time between probes of an idle connection. A duration
	 * without a unit is in milliseconds.
	 * @param keepAliveCount Number of unanswered probes after which a connection is
	 * considered dead.
	 * @param userTimeout Time for which sent data may remain unacknowledged. A duration
	 * without a unit is in milliseconds. The default is lower if keep-alive-idle plus
	 * keep-alive-count times keep-alive-interval is less.
	 * @param reuseAddress Whether the port can be bound while old connections linger. The
	 * default is false on Windows, where other programs could then take over the port.
	 * @param reusePort Whether several sockets may listen on the port.
	 * @param receiveBuffer Size of the kernel's receive buffer. A size without a unit is
	 * in bytes. By default, the choice of the operating system.
	 * @param sendBuffer Size of the kernel's send buffer. A size without a unit is in
	 * bytes. By default, the choice of the operating system.
	 */
	public record Options(@Nullable Boolean tcpNoDelay, @Nullable Boolean keepAlive, @Nullable Duration keepAliveIdle,
			@Nullable Duration keepAliveInterval, @Nullable Integer keepAliveCount, @Nullable Duration userTimeout,
			@Nullable Boolean reuseAddress, @Nullable Boolean reusePort, @Nullable DataSize receiveBuffer,
			@Nullable DataSize sendBuffer) {

	}

	/**
	 * Names of a server's threads, and what keeps the JVM alive.
	 *
	 * @param name Name of the threads that serve the sessions of the server; {name} is
	 * replaced by the name of the server.
	 * @param serverDaemon Whether the JVM may exit while the server listens. The default
	 * is true for the repl handler.
	 * @param sessionDaemon Whether the JVM may exit while a session is open.
	 */
	public record Threads(@Nullable String name, @Nullable Boolean serverDaemon, @Nullable Boolean sessionDaemon) {

	}

	/**
	 * How connections are encrypted.
	 *
	 * @param bundle Name of the SSL bundle with the certificate of the server. Without a
	 * bundle, TLS is disabled; an empty name disables an inherited bundle.
	 * @param clientAuth Whether peers must present a certificate that the bundle trusts.
	 * Applies to all hosts.
	 * @param handshakeTimeout Time from the beginning of a connection, or from the end of
	 * its PROXY header, after which it is refused if its TLS handshake is not complete. A
	 * duration without a unit is in milliseconds.
	 * @param sni SSL bundles for the hosts that peers ask for (SNI). Requires a bundle
	 * for all other hosts.
	 */
	public record Ssl(@Nullable String bundle, @Nullable ClientAuth clientAuth, @Nullable Duration handshakeTimeout,
			@Nullable List<Sni> sni) {

	}

	/**
	 * Heartbeats: empty frames of a length-field framing.
	 *
	 * @param period Time without output after which an empty frame is sent; 0 for no
	 * heartbeats. Both sides should use the same period. A duration without a unit is in
	 * milliseconds.
	 * @param timeout Time without a byte from the peer after which its session is cut. A
	 * duration without a unit is in milliseconds. By default, four times the period.
	 */
	public record Heartbeat(@Nullable Duration period, @Nullable Duration timeout) {

	}

	/**
	 * The SSL bundle of a host.
	 *
	 * @param host Host name, or *. and a host name for all host names that have one more
	 * label.
	 * @param bundle Name of the SSL bundle.
	 */
	public record Sni(@Nullable String host, @Nullable String bundle) {

	}

	/**
	 * When and how a server starts.
	 *
	 * @param auto Whether to start the server with the application.
	 * @param await Whether the start of the application waits until the server listens.
	 * @param onFailure What to do if the server cannot listen: fail stops the
	 * application, warn continues without the server, retry tries again and again.
	 */
	public record Start(@Nullable Boolean auto, @Name("wait") @Nullable Boolean await,
			@Nullable OnStartFailure onFailure) {

	}

	/** What happens when a server cannot listen. */
	public enum OnStartFailure {

		/** The application stops. */
		FAIL,

		/** The application goes on without the server. */
		WARN,

		/** The application goes on, and the server is tried again and again. */
		RETRY

	}

	/** How a server or client stops. */
	public enum Shutdown {

		/** Sessions have time to end. */
		GRACEFUL,

		/** Sessions are cut at once. */
		IMMEDIATE

	}

	/**
	 * Which threads run the handler of a server or client.
	 *
	 * @param mode Kind of threads that run the handler. Auto uses virtual threads if
	 * spring.threads.virtual.enabled is true, and on Java 24 and later unless it is
	 * false; otherwise, it uses a pool.
	 * @param threads Maximum number of threads of the pool.
	 * @param queue Maximum number of sessions that wait for a thread of the pool; further
	 * ones are cut.
	 * @param executor Name of an executor bean that runs message handlers instead; empty
	 * for none.
	 */
	public record Execution(@Nullable ExecutionMode mode, @Nullable Integer threads, @Nullable Integer queue,
			@Nullable String executor) {

	}

	/**
	 * Consoles: servers whose handler is repl.
	 */
	public static class Repl {

		/**
		 * Whether a console may listen on addresses that other machines can reach. Its
		 * server then requires a password, or ssl.client-auth set to need.
		 */
		private boolean allowRemote;

		/**
		 * Password that a peer must enter before anything else. By default, there is
		 * none.
		 */
		private @Nullable String password;

		/**
		 * Language of expressions. Java uses JShell, which needs an exploded or extracted
		 * application.
		 */
		private Language language = Language.SPEL;

		/**
		 * Prompt that is printed before each input; {session} is replaced by the id of
		 * the session in which the input is evaluated, or by its name if it has one.
		 */
		private String prompt = "{session}> ";

		/**
		 * Whether to send the error output of an evaluation to the peer instead of the
		 * log.
		 */
		private boolean bindErr = true;

		/**
		 * Whether the first line that a peer enters is the name of its session.
		 */
		private boolean askName;

		/**
		 * Whether the actuator endpoint for sessions can evaluate expressions.
		 */
		private boolean evalOverActuator;

		public boolean isAllowRemote() {
			return this.allowRemote;
		}

		public void setAllowRemote(boolean allowRemote) {
			this.allowRemote = allowRemote;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public Language getLanguage() {
			return this.language;
		}

		public void setLanguage(Language language) {
			this.language = language;
		}

		public String getPrompt() {
			return this.prompt;
		}

		public void setPrompt(String prompt) {
			this.prompt = prompt;
		}

		public boolean isBindErr() {
			return this.bindErr;
		}

		public void setBindErr(boolean bindErr) {
			this.bindErr = bindErr;
		}

		public boolean isAskName() {
			return this.askName;
		}

		public void setAskName(boolean askName) {
			this.askName = askName;
		}

		public boolean isEvalOverActuator() {
			return this.evalOverActuator;
		}

		public void setEvalOverActuator(boolean evalOverActuator) {
			this.evalOverActuator = evalOverActuator;
		}

		/** Leaves the password out. */
		@Override
		public String toString() {
			return "Repl[allowRemote=" + this.allowRemote + ", language=" + this.language + ", prompt=" + this.prompt
					+ "]";
		}

		/** The languages of expressions. */
		public enum Language {

			/** The Spring Expression Language. */
			SPEL,

			/** Java, as in JShell. */
			JAVA

		}

	}

}
