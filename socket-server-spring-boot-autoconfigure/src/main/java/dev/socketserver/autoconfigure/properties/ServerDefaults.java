package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/** The properties that servers inherit from the shared defaults. */
public class ServerDefaults extends SessionProperties {

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
	 * IPv4, the first one that can be bound. With dual, it listens on an IPv6 socket that
	 * also accepts IPv4, which needs a wildcard address.
	 */
	private @Nullable IpFamily ipFamily;

	/**
	 * Maximum number of connections that wait in the kernel to be accepted; 0 for the
	 * default of the operating system.
	 */
	private @Nullable Integer backlog;

	/**
	 * The sessions of a server of UDP.
	 */
	private @Nullable Udp udp;

	/**
	 * Whether to stop the server when its first session has ended.
	 */
	private @Nullable Boolean oneShot;

	/**
	 * Number of frames after which a session is closed, once the replies to the last one
	 * are sent; 0 for no limit.
	 */
	private @Nullable Integer requestsPerSession;

	/**
	 * Text to send to each session when the server begins to drain or stop, or bytes such
	 * as hex:0d0a if payloads are bytes; empty for none.
	 */
	private @Nullable String farewell;

	/**
	 * How sessions are ended one after the other when the server drains.
	 */
	private @Nullable Drain drain;

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
	 * How fast the peer of a session may send.
	 */
	private @Nullable Rate rate;

	/**
	 * How much peers may do until their sessions are logged in.
	 */
	private @Nullable Login login;

	/**
	 * Bans of addresses for their offences.
	 */
	private @Nullable Ban ban;

	/**
	 * Encryption with TLS.
	 */
	private @Nullable Ssl ssl;

	/** The records of the blocks that modules bring, by the keys of the blocks. */
	private final Map<String, Record> blocks = new LinkedHashMap<>();

	/** Values of keys that a module would bring which the application lacks. */
	private final Map<String, Object> absent = new LinkedHashMap<>();

	public @Nullable String getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable String address) {
		this.address = Written.orNone(address);
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

	public @Nullable Udp getUdp() {
		return this.udp;
	}

	public void setUdp(@Nullable Udp udp) {
		this.udp = udp;
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

	public @Nullable Drain getDrain() {
		return this.drain;
	}

	public void setDrain(@Nullable Drain drain) {
		this.drain = drain;
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

	public @Nullable Rate getRate() {
		return this.rate;
	}

	public void setRate(@Nullable Rate rate) {
		this.rate = rate;
	}

	public @Nullable Login getLogin() {
		return this.login;
	}

	public void setLogin(@Nullable Login login) {
		this.login = login;
	}

	public @Nullable Ban getBan() {
		return this.ban;
	}

	public void setBan(@Nullable Ban ban) {
		this.ban = ban;
	}

	public @Nullable Ssl getSsl() {
		return this.ssl;
	}

	public void setSsl(@Nullable Ssl ssl) {
		this.ssl = ssl;
	}

	/**
	 * Whether a text is always needed, so that an empty one is none and switches nothing
	 * off.
	 * @param key the key of the text
	 */
	public static boolean isNeverEmpty(String key) {
		return key.equals("address") || key.equals("threads.name");
	}

	/**
	 * Returns what a block says that a module brings.
	 * @param key the key of the block
	 * @return the record of its keys, or {@code null} if none is set
	 */
	public @Nullable Record block(String key) {
		return this.blocks.get(key);
	}

	/**
	 * Sets what a block says that a module brings.
	 * @param key the key of the block
	 * @param block the record of its keys
	 */
	public void block(String key, Record block) {
		this.blocks.put(key, block);
	}

	/**
	 * Returns keys that a module would bring which the application lacks.
	 * @return the values by their keys
	 */
	public Map<String, Object> absent() {
		return this.absent;
	}

	/**
	 * How sessions are ended one after the other when the server drains, or the
	 * application stops.
	 *
	 * @param delay Time for which the server still accepts connections after it has begun
	 * to drain. A duration without a unit is in milliseconds.
	 * @param over Time over which sessions are ended evenly; 0 to leave them alone until
	 * the drain is over. A duration without a unit is in milliseconds.
	 * @param order Which sessions are ended first. With idle-first, those whose peers
	 * have been silent for longest are first, and those in a call or with requests last.
	 */
	public record Drain(@Nullable Duration delay, @Nullable Duration over, DrainPlan.@Nullable Order order) {

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
	 * The sessions of a server of UDP, which has one for each peer.
	 *
	 * @param sessionTimeout Time since the last datagram in either direction after which
	 * a session ends. A duration without a unit is in milliseconds.
	 * @param amplification How many times as many bytes as a peer has sent it is sent at
	 * most, until its session is bound or authenticated; off for no limit, which needs
	 * limits.allow or a loopback address.
	 * @param evict Whether a new peer displaces the session that was silent for longest
	 * and is neither bound nor authenticated, if there are limits.sessions of them.
	 * @param groups Multicast groups to join, which needs address: any. The name of an
	 * interface may follow behind @, such as 239.1.2.3@eth0.
	 * @param broadcast Whether to receive broadcasts, which needs address: any.
	 */
	public record Udp(@Nullable Duration sessionTimeout, @Nullable String amplification, @Nullable Boolean evict,
			@Nullable List<String> groups, @Nullable Boolean broadcast) {

		/** Takes what is empty as if it were not there. */
		public Udp {
			amplification = Written.orNone(amplification);
		}

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
	 * How fast the peer of a session may send.
	 *
	 * @param messages Maximum number of messages in a second, minute or hour, such as
	 * 100/s, 600/m or 5000/h.
	 * @param bytes Maximum number of bytes, as the framing gets them, in a second, minute
	 * or hour, such as 1MB/s.
	 * @param messagesBurst Number of messages that may come at once after a silence. The
	 * default is that of one second.
	 * @param bytesBurst Number of bytes that may come at once after a silence. A size
	 * without a unit is in bytes. The default is that of one second, and at least the
	 * maximum length of a frame.
	 * @param onExceeded What to do with what is too much: pause stops reading for so
	 * long, drop drops it, error notifies the handler, close ends the session.
	 */
	public record Rate(@Nullable String messages, @Nullable String bytes, @Nullable Integer messagesBurst,
			@Nullable DataSize bytesBurst, @Nullable OnExceeded onExceeded) {

	}

	/**
	 * How much peers may do until their sessions are logged in.
	 *
	 * @param timeout Time from the beginning of a session after which it is closed if it
	 * is not logged in, whatever its peer sends. Without it, and with 0, the other keys
	 * have no effect. A duration without a unit is in milliseconds.
	 * @param by What makes a session one that is logged in: a principal, of the
	 * application or of a client certificate, or an identity.
	 * @param frame Maximum length of a frame until then. A size without a unit is in
	 * bytes.
	 * @param messages Maximum number of messages that are handled until then.
	 * @param attempts Number of failed logins, as the handler reports them, that close
	 * the session.
	 * @param sessions Maximum number of sessions that are not logged in. Beyond it, the
	 * oldest of the address that has most of them is closed. The default is half of the
	 * maximum number of sessions.
	 */
	public record Login(@Nullable Duration timeout, @Nullable LoginBy by, @Nullable DataSize frame,
			@Nullable Integer messages, @Nullable Integer attempts, @Nullable Integer sessions) {

	}

	/**
	 * When addresses are banned for their offences, and for how long.
	 *
	 * @param offences Number of offences of an address within the time that ban it; twice
	 * as many while a session of the address is logged in. Without a number, only
	 * operators ban addresses.
	 * @param within Time within which offences are counted. A duration without a unit is
	 * in milliseconds.
	 * @param time Time of the first ban. Each ban that follows within the longest time
	 * takes twice as long. A duration without a unit is in milliseconds.
	 * @param maxFor Longest time of a ban. A duration without a unit is in milliseconds.
	 * @param reasons Close reasons that are offences. What a handler calls an offence
	 * always is one.
	 * @param exempt Addresses, or ranges of addresses, that are never banned; empty for
	 * none. Trusted load balancers never are.
	 */
	public record Ban(@Nullable Integer offences, @Nullable Duration within, @Name("for") @Nullable Duration time,
			@Nullable Duration maxFor, @Nullable List<String> reasons, @Nullable List<String> exempt) {

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

		/** Takes an empty name as if it were not there. */
		public Threads {
			name = Written.orNone(name);
		}

	}

	/**
	 * How connections are encrypted.
	 *
	 * @param bundle Name of the SSL bundle with the certificate of the server. Without a
	 * bundle, TLS is disabled; an empty name disables an inherited bundle.
	 * @param mode When connections begin to be encrypted: with the first byte, or when
	 * the handler asks for it, as protocols with STARTTLS do.
	 * @param clientAuth Whether peers must present a certificate that the bundle trusts.
	 * Applies to all hosts.
	 * @param handshakeTimeout Time from the beginning of a connection, or from the end of
	 * its PROXY header, after which it is refused if its TLS handshake is not complete. A
	 * duration without a unit is in milliseconds.
	 * @param sni SSL bundles for the hosts that peers ask for (SNI). Requires a bundle
	 * for all other hosts.
	 */
	public record Ssl(@Nullable String bundle, @Nullable TlsMode mode, @Nullable ClientAuth clientAuth,
			@Nullable Duration handshakeTimeout, @Nullable List<Sni> sni) {

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

}
