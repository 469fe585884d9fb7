package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ClientAuth;
import dev.socketserver.ExecutionMode;
import dev.socketserver.InboundOverflow;
import dev.socketserver.IpFamily;
import dev.socketserver.OnFull;
import dev.socketserver.OutboundOverflow;
import dev.socketserver.ProxyMode;
import dev.socketserver.repl.ReplSettings;
import dev.socketserver.repl.ReplSettings.Language;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.StringUtils;
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
	 * Whether to start any socket server or client.
	 */
	private boolean enabled = true;

	/**
	 * Servers by name. A name is a lower-case letter, then lower-case letters, digits and
	 * dashes; plain lower-case names can be overridden by environment variables without
	 * surprises. Takes the keys of socket.server-defaults and, for each server, port,
	 * handler and args.
	 */
	private Map<String, Server> servers = new LinkedHashMap<>();

	/**
	 * What a server inherits where its own entry is silent.
	 */
	private @Nullable ServerDefaults serverDefaults;

	/**
	 * Clients by name, with names like those of servers. Each keeps a connection to a
	 * server. Takes the keys of socket.server-defaults that make sense for a client,
	 * port, handler and args, and some of its own, such as host and reconnect.period.
	 */
	private Map<String, Client> clients = new LinkedHashMap<>();

	/**
	 * Number of threads that do the I/O of all servers and clients of one transport. By
	 * default the number of cores.
	 */
	private @Nullable Integer eventLoopThreads;

	/**
	 * Limits of all servers and clients together.
	 */
	private @Nullable OverallLimits limits;

	/**
	 * Observations of what handlers do.
	 */
	private Observations observations = new Observations(false);

	/** Consoles, which are servers whose handler is repl. */
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
	 * @param enabled Whether each handled message is observed, for traces and timers.
	 */
	public record Observations(@DefaultValue("false") boolean enabled) {

	}

	/**
	 * Limits of all servers and clients together.
	 *
	 * @param memory Most bytes that wait in all sessions together, in and out, bytes if
	 * without a unit. Near the limit, sessions that hold some of them are not read from;
	 * above it, the sessions that hold most are closed. By default a quarter of the heap
	 * or of the JVM's limit of direct memory, at most 256 MB.
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
	 * One server: what it inherits where it is silent, and what is its own.
	 */
	public static class Server extends ServerDefaults implements NamesHandler {

		/**
		 * Port to listen on, 0 for a free one, or the name of a service that the machine
		 * knows.
		 */
		private @Nullable String port;

		/**
		 * Name of the bean that serves the sessions, if it is not the one whose
		 * SocketHandler annotation names the server.
		 */
		private @Nullable String handler;

		/**
		 * Arguments that the handler finds in its sessions.
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

	/** The keys of a server that others can inherit. */
	public static class ServerDefaults extends SessionProperties {

		/**
		 * Host name or address to listen on; any or * for every interface.
		 */
		private @Nullable String address;

		/**
		 * Limits.
		 */
		private @Nullable Limits limits;

		/**
		 * Which addresses the server listens on. Any is IPv6 or IPv4, the first that
		 * binds; dual is an IPv6 socket that takes IPv4 too and needs a wildcard address.
		 */
		private @Nullable IpFamily ipFamily;

		/**
		 * Most connections that wait in the kernel to be accepted, 0 for the choice of
		 * the operating system.
		 */
		private @Nullable Integer backlog;

		/**
		 * Whether the server stops when its first session has ended.
		 */
		private @Nullable Boolean oneShot;

		/**
		 * Number of messages after which a session is closed, behind the replies to the
		 * last one; 0 for any number.
		 */
		private @Nullable Integer requestsPerSession;

		/**
		 * Text that is sent to each session when a drain or stop begins.
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
		 * The PROXY protocol, by which load balancers tell the address of their client.
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
	 * One client. Output waits within its limits whether the client is connected or not;
	 * when there is no room, sending blocks by default.
	 */
	public static class Client extends SessionProperties implements NamesHandler {

		/**
		 * Host name or address of the server, looked up anew for each attempt to connect.
		 */
		private @Nullable String host;

		/**
		 * Port of the server, the name of a service that the machine knows, or
		 * local.socket.[name].port for that of a server of this application.
		 */
		private @Nullable String port;

		/**
		 * Name of the bean that handles what is received, if it is not the one whose
		 * SocketClientHandler annotation names the client. Without any handler the client
		 * is used by hand.
		 */
		private @Nullable String handler;

		/**
		 * Arguments that the handler finds in its sessions.
		 */
		private List<String> args = List.of();

		/**
		 * Time for one attempt to connect, from looking the host up to the end of the TLS
		 * handshake, milliseconds if without a unit.
		 */
		private @Nullable Duration connectTimeout;

		/**
		 * When the next attempt to connect is made.
		 */
		private @Nullable Reconnect reconnect;

		/**
		 * Name of a bean, a Correlator or Function, that tells which reply belongs to
		 * which request. Without one they come in order.
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
	 * When the next attempt to connect is made.
	 *
	 * @param period Time before the first attempt after a stable connection has ended,
	 * milliseconds if without a unit. It doubles with each further attempt.
	 * @param maxPeriod Longest time between attempts, milliseconds if without a unit. A
	 * connection that lasted longer was stable.
	 * @param jitter Greatest part of such a time that is left out at random, from 0 to 1.
	 */
	public record Reconnect(@Nullable Duration period, @Nullable Duration maxPeriod, @Nullable Double jitter) {

	}

	/**
	 * Limits of a client.
	 *
	 * @param frame Longest frame, bytes if without a unit. A longer one ends the
	 * connection without being buffered.
	 */
	public record ClientLimits(@Nullable DataSize frame) {

	}

	/**
	 * Names of a client's threads.
	 *
	 * @param name Name of the threads that run the client's handler; {name} stands for
	 * the name of the client.
	 */
	public record ClientThreads(@Nullable String name) {

	}

	/**
	 * When a client starts.
	 *
	 * @param auto Whether the client starts with the application.
	 */
	public record ClientStart(@Nullable Boolean auto) {

	}

	/**
	 * How a client's connection is encrypted.
	 *
	 * @param bundle Name of the SSL bundle that says which servers are trusted; TLS is
	 * off without one. If the bundle has no trust material, the servers are trusted that
	 * the JVM trusts.
	 * @param serverName Host name to ask the server for, and for which its certificate
	 * must be, if it is not the configured host.
	 */
	public record ClientSsl(@Nullable String bundle, @Nullable String serverName) {

	}

	/**
	 * What may wait for the handler of a session.
	 *
	 * @param capacity Most messages that wait for the handler of a session.
	 * @param bytes Most bytes of such messages, bytes if without a unit.
	 * @param overflow What happens when more arrive. Block stops reading the socket. Raw
	 * framing allows block and close.
	 */
	public record Inbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable InboundOverflow overflow) {

	}

	/**
	 * What may wait for the peer of a session.
	 *
	 * @param capacity Most unsent writes of a session.
	 * @param bytes Most unsent bytes of a session, bytes if without a unit. One longer
	 * write is admitted when nothing else is pending.
	 * @param overflow What sending does when there is more. Replies are never refused:
	 * they wait, and reading pauses meanwhile.
	 */
	public record Outbound(@Nullable Integer capacity, @Nullable DataSize bytes, @Nullable OutboundOverflow overflow) {

	}

	/**
	 * Limits of a server.
	 *
	 * @param sessions Most sessions at a time. Fewer by default for stream handlers on
	 * platform threads.
	 * @param onFull What happens to connections beyond that. Reject refuses them, wait
	 * leaves them in the backlog of the kernel until a session has ended.
	 * @param acceptRate Most connections admitted a second, 0 for any number; the excess
	 * waits in the kernel.
	 * @param frame Longest frame, bytes if without a unit. A longer one closes its
	 * session without being buffered.
	 * @param sessionsPerAddress Most sessions at a time of one address, 0 for any number.
	 * IPv6 addresses with the same first 64 bits count as one. Behind a proxy, the
	 * address of its client counts.
	 * @param pending Most connections at a time that are accepted and not sessions yet,
	 * since a PROXY header or a TLS handshake has to come first.
	 * @param allow Ranges of addresses that may connect; without any, everybody may.
	 * @param deny Ranges of addresses that may not connect, even if they are allowed.
	 * @param alarm Share of the sessions at which an alarm event is published, again only
	 * after there were less than three quarters of that; 0% for none.
	 */
	public record Limits(@Nullable Integer sessions, @Nullable OnFull onFull, @Nullable Integer acceptRate,
			@Nullable DataSize frame, @Nullable Integer sessionsPerAddress, @Nullable Integer pending,
			@Nullable List<String> allow, @Nullable List<String> deny, @Nullable Percentage alarm) {

	}

	/**
	 * The PROXY protocol, by which load balancers tell the address of their client.
	 *
	 * @param mode Whether connections begin with a header of the PROXY protocol. Required
	 * refuses all that do not, and all that are not from trusted addresses.
	 * @param trusted Ranges of addresses whose headers are believed: those of the load
	 * balancers.
	 */
	public record ProxyProtocol(@Nullable ProxyMode mode, @Nullable List<String> trusted) {

	}

	/**
	 * Timeouts of a server or client.
	 *
	 * @param firstFrame Time to the first message of a session, after which it is closed,
	 * milliseconds if without a unit; 0 for any time.
	 * @param frame Time from the first byte of a message to its last, after which its
	 * session is closed, milliseconds if without a unit; 0 for any time.
	 * @param idle Time without a byte from the peer after which a session is closed,
	 * milliseconds if without a unit; 0 for never.
	 * @param write Time in which a write must make progress, or its session is cut,
	 * milliseconds if without a unit; 0 for any time.
	 * @param session Age at which a session is closed, give or take a tenth, milliseconds
	 * if without a unit; 0 for never.
	 * @param handler Time after which a call of a message handler is reported as stuck,
	 * milliseconds if without a unit; 0 for never. It interrupts nothing.
	 */
	public record Timeouts(@Nullable Duration firstFrame, @Nullable Duration frame, @Nullable Duration idle,
			@Nullable Duration write, @Nullable Duration session, @Nullable Duration handler) {

	}

	/**
	 * Options of the sockets of a server or client. What the platform lacks fails the
	 * start.
	 *
	 * @param tcpNoDelay Whether small writes leave at once.
	 * @param keepAlive Whether connections that are idle are probed.
	 * @param keepAliveIdle Time without traffic after which a connection is probed,
	 * milliseconds if without a unit.
	 * @param keepAliveInterval Time between probes, milliseconds if without a unit.
	 * @param keepAliveCount Number of unanswered probes after which a connection is dead.
	 * @param userTimeout Time that sent data may stay unacknowledged, milliseconds if
	 * without a unit.
	 * @param reuseAddress Whether the port can be bound while old connections linger. On
	 * Windows, where it lets others take the port over, it is off unless asked for.
	 * @param reusePort Whether several sockets may listen on the port.
	 * @param receiveBuffer Size of the receive buffer of the kernel, bytes if without a
	 * unit.
	 * @param sendBuffer Size of the send buffer of the kernel, bytes if without a unit.
	 */
	public record Options(@Nullable Boolean tcpNoDelay, @Nullable Boolean keepAlive, @Nullable Duration keepAliveIdle,
			@Nullable Duration keepAliveInterval, @Nullable Integer keepAliveCount, @Nullable Duration userTimeout,
			@Nullable Boolean reuseAddress, @Nullable Boolean reusePort, @Nullable DataSize receiveBuffer,
			@Nullable DataSize sendBuffer) {

	}

	/**
	 * Names of a server's threads, and what keeps the JVM alive.
	 *
	 * @param name Name of the threads that serve the sessions of the server; {name}
	 * stands for the name of the server.
	 * @param serverDaemon Whether the JVM may exit while the server listens.
	 * @param sessionDaemon Whether the JVM may exit while a session is open.
	 */
	public record Threads(@Nullable String name, @Nullable Boolean serverDaemon, @Nullable Boolean sessionDaemon) {

	}

	/**
	 * How connections are encrypted.
	 *
	 * @param bundle Name of the SSL bundle with the server's certificate; TLS is off
	 * without one. Empty to switch an inherited one off.
	 * @param clientAuth Whether peers must show a certificate that the bundle trusts. It
	 * holds for all hosts.
	 * @param handshakeTimeout Time from the beginning of a connection to the end of its
	 * TLS handshake, after which it is refused, milliseconds if without a unit.
	 * @param sni SSL bundles by the host that a peer asks for.
	 */
	public record Ssl(@Nullable String bundle, @Nullable ClientAuth clientAuth, @Nullable Duration handshakeTimeout,
			@Nullable List<Sni> sni) {

	}

	/**
	 * Heartbeats: empty frames of a length-field framing.
	 *
	 * @param period Time without anything to send after which an empty frame is sent,
	 * milliseconds if without a unit; 0 for no heartbeats. Both sides should have the
	 * same.
	 * @param timeout Time without a byte from the peer after which its session is cut,
	 * milliseconds if without a unit. By default four times the period.
	 */
	public record Heartbeat(@Nullable Duration period, @Nullable Duration timeout) {

	}

	/**
	 * The SSL bundle of a host.
	 *
	 * @param host Host name, or *. and a host name for all that have one more label.
	 * @param bundle Name of the SSL bundle.
	 */
	public record Sni(@Nullable String host, @Nullable String bundle) {

	}

	/**
	 * When and how a server starts.
	 *
	 * @param auto Whether the server starts with the application.
	 * @param await Whether the start of the application waits until the server listens.
	 * @param onFailure What happens when the server cannot listen. Fail stops the
	 * application, warn carries on without the server, retry tries again and again.
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
	 * @param mode Kind of threads that run the handler. Auto is virtual threads where
	 * spring.threads.virtual.enabled is on, and on Java 24 and later unless it is off;
	 * else a pool.
	 * @param threads Most threads of the pool.
	 * @param queue Most sessions that wait for a thread of the pool; further ones are
	 * cut.
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
		 * Whether such a server may be reached from other machines. It then needs
		 * ssl.client-auth need, or a password.
		 */
		private boolean allowRemote;

		/**
		 * Password that a peer must give first.
		 */
		private @Nullable String password;

		/**
		 * What expressions are written in. Java is JShell, and needs an application that
		 * is exploded or extracted.
		 */
		private Language language = Language.SPEL;

		/**
		 * What is printed before each input; {session} stands for the session in which it
		 * is evaluated.
		 */
		private String prompt = "{session}> ";

		/**
		 * Whether error output of an evaluation goes to the peer; else it goes to the
		 * log.
		 */
		private boolean bindErr = true;

		/**
		 * Whether the first line that a peer types names its session.
		 */
		private boolean askName;

		/**
		 * Whether the endpoint of a session evaluates expressions.
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

		/**
		 * Returns these properties for the consoles.
		 * @return the settings; an empty password is none
		 */
		public ReplSettings settings() {
			return new ReplSettings(this.allowRemote, StringUtils.hasText(this.password) ? this.password : null,
					this.language, this.prompt, this.bindErr, this.askName);
		}

		/** Leaves the password out. */
		@Override
		public String toString() {
			return settings().toString();
		}

	}

}
