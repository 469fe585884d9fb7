package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.List;

import dev.socketserver.client.Ready;
import dev.socketserver.client.Route;
import dev.socketserver.client.Select;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The properties of one client. Output waits within its limits whether the client is
 * connected or not; when there is no room, sending blocks by default.
 */
public class ClientProperties extends SessionProperties implements NamesHandler {

	/**
	 * Host name or address of the server, which is resolved again for each attempt to
	 * connect.
	 */
	private @Nullable String host;

	/**
	 * Port of the server, the name of a service in the services database of the machine,
	 * or local.socket.[name].port for the port of a server of the same application.
	 */
	private @Nullable String port;

	/**
	 * The Unix socket to connect to, in place of a host and a port.
	 */
	private @Nullable DomainSocket domainSocket;

	/**
	 * Where datagrams may be sent.
	 */
	private @Nullable Udp udp;

	/**
	 * Addresses of the servers, each host:port or [IPv6]:port, in place of host and port.
	 */
	private @Nullable List<String> addresses;

	/**
	 * Which of several addresses is chosen when the client connects.
	 */
	private @Nullable Select select;

	/**
	 * Time for which an address before the one in use must keep a connection, which
	 * carries nothing, until it takes over. Only with ordered addresses. By default, no
	 * address takes over. A duration without a unit is in milliseconds.
	 */
	private @Nullable Duration failBack;

	/**
	 * Number of failures in a row after which an address is unavailable for a time. Other
	 * addresses are then chosen.
	 */
	private @Nullable Integer failures;

	/**
	 * When an address that is unavailable is tried again.
	 */
	private @Nullable Retry retry;

	/**
	 * Time after an attempt at one of the addresses of a host name after which the next
	 * is tried as well, or off to try one after the other. A duration without a unit is
	 * in milliseconds.
	 */
	private @Nullable String attemptDelay;

	/**
	 * The proxy through which the client connects.
	 */
	private @Nullable Proxy proxy;

	/**
	 * Address of this machine that connections come from. By default, the system chooses
	 * one.
	 */
	private @Nullable String localAddress;

	/**
	 * Name of the bean that handles what is received, or echo, discard or daytime. By
	 * default, the bean whose SocketClientHandler annotation names the client; without a
	 * handler, the application calls the methods of the client.
	 */
	private @Nullable String handler;

	/**
	 * Arguments that are passed to the handler in SocketSession.args().
	 */
	private List<String> args = List.of();

	/**
	 * Time after which an attempt to connect is given up, from the resolution of the host
	 * name to the end of the TLS handshake. A duration without a unit is in milliseconds.
	 */
	private @Nullable Duration connectTimeout;

	/**
	 * When a connection takes what is sent with the client: connected means at once,
	 * opened when the method annotated with OnOpen, and the stage that it has returned,
	 * has completed, handler when the handler calls SocketSession.ready().
	 */
	private @Nullable Ready ready;

	/**
	 * Time after which a connection that is not ready is closed, and counts as a failed
	 * attempt to connect. A duration without a unit is in milliseconds.
	 */
	private @Nullable Duration readyTimeout;

	/**
	 * The connections.
	 */
	private @Nullable Pool pool;

	/**
	 * When the client attempts to connect again.
	 */
	private @Nullable Reconnect reconnect;

	/**
	 * Limits.
	 */
	private @Nullable Limits limits;

	/**
	 * Names of threads, and whether they keep the JVM alive.
	 */
	private @Nullable Threads threads;

	/**
	 * When the client starts.
	 */
	private @Nullable Start start;

	/**
	 * Encryption with TLS.
	 */
	private @Nullable Ssl ssl;

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = Written.orNone(host);
	}

	public @Nullable String getPort() {
		return this.port;
	}

	public void setPort(@Nullable String port) {
		this.port = Written.orNone(port);
	}

	public @Nullable DomainSocket getDomainSocket() {
		return this.domainSocket;
	}

	public void setDomainSocket(@Nullable DomainSocket domainSocket) {
		this.domainSocket = domainSocket;
	}

	public @Nullable Udp getUdp() {
		return this.udp;
	}

	public void setUdp(@Nullable Udp udp) {
		this.udp = udp;
	}

	public @Nullable List<String> getAddresses() {
		return this.addresses;
	}

	public void setAddresses(@Nullable List<String> addresses) {
		this.addresses = (addresses != null && addresses.isEmpty()) ? null : addresses;
	}

	public @Nullable Select getSelect() {
		return this.select;
	}

	public void setSelect(@Nullable Select select) {
		this.select = select;
	}

	public @Nullable Duration getFailBack() {
		return this.failBack;
	}

	public void setFailBack(@Nullable Duration failBack) {
		this.failBack = failBack;
	}

	public @Nullable Integer getFailures() {
		return this.failures;
	}

	public void setFailures(@Nullable Integer failures) {
		this.failures = failures;
	}

	public @Nullable Retry getRetry() {
		return this.retry;
	}

	public void setRetry(@Nullable Retry retry) {
		this.retry = retry;
	}

	public @Nullable String getAttemptDelay() {
		return this.attemptDelay;
	}

	public void setAttemptDelay(@Nullable String attemptDelay) {
		this.attemptDelay = Written.orNone(attemptDelay);
	}

	public @Nullable Proxy getProxy() {
		return this.proxy;
	}

	public void setProxy(@Nullable Proxy proxy) {
		this.proxy = proxy;
	}

	public @Nullable String getLocalAddress() {
		return this.localAddress;
	}

	public void setLocalAddress(@Nullable String localAddress) {
		this.localAddress = Written.orNone(localAddress);
	}

	@Override
	public @Nullable String getHandler() {
		return this.handler;
	}

	public void setHandler(@Nullable String handler) {
		this.handler = Written.orNone(handler);
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

	public @Nullable Ready getReady() {
		return this.ready;
	}

	public void setReady(@Nullable Ready ready) {
		this.ready = ready;
	}

	public @Nullable Duration getReadyTimeout() {
		return this.readyTimeout;
	}

	public void setReadyTimeout(@Nullable Duration readyTimeout) {
		this.readyTimeout = readyTimeout;
	}

	public @Nullable Pool getPool() {
		return this.pool;
	}

	public void setPool(@Nullable Pool pool) {
		this.pool = pool;
	}

	public @Nullable Reconnect getReconnect() {
		return this.reconnect;
	}

	public void setReconnect(@Nullable Reconnect reconnect) {
		this.reconnect = reconnect;
	}

	public @Nullable Limits getLimits() {
		return this.limits;
	}

	public void setLimits(@Nullable Limits limits) {
		this.limits = limits;
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

	public @Nullable Ssl getSsl() {
		return this.ssl;
	}

	public void setSsl(@Nullable Ssl ssl) {
		this.ssl = ssl;
	}

	/**
	 * Where a client of UDP may send.
	 *
	 * @param broadcast Whether the host may be an address of broadcasts.
	 */
	public record Udp(@Nullable Boolean broadcast) {

	}

	/**
	 * The Unix socket to which a client connects.
	 *
	 * @param path Absolute path of the socket, or @ and a name in the abstract namespace
	 * of Linux. At most 107 bytes.
	 */
	public record DomainSocket(@Nullable String path) {

		/** Takes what is empty as if it were not there. */
		public DomainSocket {
			path = Written.orNone(path);
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
	 * When an address that is unavailable is tried again.
	 *
	 * @param period Time before an address that has become unavailable is tried again. It
	 * doubles with each further failure. The default is reconnect.period. A duration
	 * without a unit is in milliseconds.
	 * @param maxPeriod Maximum time before an address is tried again. A connection that
	 * lasted longer was no failure. The default is reconnect.max-period. A duration
	 * without a unit is in milliseconds.
	 */
	public record Retry(@Nullable Duration period, @Nullable Duration maxPeriod) {

	}

	/**
	 * The proxy of a client.
	 *
	 * @param type How the proxy is asked. Without a type, there is no proxy.
	 * @param host Host name or address of the proxy.
	 * @param port Port of the proxy.
	 * @param username Name of the client for the proxy.
	 * @param password Password of the client for the proxy.
	 */
	public record Proxy(Route.Proxy.@Nullable Type type, @Nullable String host, @Nullable Integer port,
			@Nullable String username, @Nullable String password) {

		/** Takes empty texts as if they were not there. */
		public Proxy {
			host = Written.orNone(host);
			username = Written.orNone(username);
			password = Written.orNone(password);
		}

	}

	/**
	 * The connections of a client.
	 *
	 * @param size Number of connections that are held, from 1 to 64.
	 * @param key Name of the Function bean that gives a payload its key. Payloads of one
	 * key are sent on one connection, in order.
	 * @param maxAge Age, plus or minus a tenth, at which a connection is replaced: the
	 * new one is ready before the old one takes nothing more. A duration without a unit
	 * is in milliseconds.
	 */
	public record Pool(@Nullable Integer size, @Nullable String key, @Nullable Duration maxAge) {

		/** Takes an empty key as if it were not there. */
		public Pool {
			key = Written.orNone(key);
		}

	}

	/**
	 * Limits of a client.
	 *
	 * @param frame Maximum length of a frame. A longer one is not buffered, and ends the
	 * connection. A size without a unit is in bytes.
	 */
	public record Limits(@Nullable DataSize frame) {

	}

	/**
	 * Threads of a client.
	 *
	 * @param name Name of the threads that run the handler of the client; {name} is
	 * replaced by the name of the client.
	 * @param clientDaemon Whether the JVM may exit while the client is started. The
	 * default is false for a client with a handler of the application, and true for
	 * others.
	 */
	public record Threads(@Nullable String name, @Nullable Boolean clientDaemon) {

		/** Takes an empty name as if it were not there. */
		public Threads {
			name = Written.orNone(name);
		}

	}

	/**
	 * When a client starts.
	 *
	 * @param auto Whether to start the client with the application.
	 */
	public record Start(@Nullable Boolean auto) {

	}

	/**
	 * How a client's connection is encrypted.
	 *
	 * @param bundle Name of the SSL bundle with the trusted certificates of servers.
	 * Without a bundle, TLS is disabled. If the bundle has no trust material, the client
	 * trusts the certificates that the JVM trusts.
	 * @param serverName Host name to ask the server for, which its certificate must
	 * match. By default, the configured host.
	 * @param mode When the connection begins to be encrypted: with the first byte, or
	 * when the handler asks for it, as protocols with STARTTLS do.
	 */
	public record Ssl(@Nullable String bundle, @Nullable String serverName, @Nullable TlsMode mode) {

		/** Takes an empty name as if it were not there. */
		public Ssl {
			serverName = Written.orNone(serverName);
		}

	}

}
