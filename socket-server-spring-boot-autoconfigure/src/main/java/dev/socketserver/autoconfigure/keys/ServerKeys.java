package dev.socketserver.autoconfigure.keys;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.properties.ListenerProperties;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.handler.dispatch.OnUnmapped;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.IpFamily;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * Binds those keys of a server that are set. The types of all others are not loaded.
 */
final class ServerKeys {

	/** All keys, in the order in which Boot's binder binds them. */
	static final List<String> ALL = List.of("args", "domain-socket", "handler", "inherit", "listeners", "port",
			"protocol", "udp", "address", "backlog", "ban", "drain", "farewell", "ip-family", "limits", "login",
			"one-shot", "proxy-protocol", "rate", "requests-per-session", "ssl", "start", "threads", "charset",
			"correlator", "discriminator", "drain-timeout", "enabled", "execution", "framing", "heartbeat", "inbound",
			"on-unmapped", "options", "outbound", "payload", "read-buffer", "requests", "requests-late",
			"requests-reply", "shutdown", "timeouts", "transport");

	private final Binder binder;

	private final BindHandler handler;

	private final ConfigurationPropertyName entry;

	private final Set<String> set;

	private boolean bound;

	/**
	 * Creates an object for one server.
	 * @param binder has the sources
	 * @param handler is called for each key that is bound
	 * @param entry the name of the server
	 * @param set the first elements of the keys that are set, without dashes
	 */
	ServerKeys(Binder binder, BindHandler handler, ConfigurationPropertyName entry, Set<String> set) {
		this.binder = binder;
		this.handler = handler;
		this.entry = entry;
		this.set = set;
	}

	/**
	 * Binds them.
	 * @return the server, or {@code null} if there is no such key
	 */
	@Nullable ServerProperties bind() {
		ServerProperties server = new ServerProperties();
		for (String key : ALL) {
			if (isSet(key)) {
				bind(server, key);
			}
		}
		return this.bound ? server : null;
	}

	/**
	 * Whether a key may be set. Variables have a dash as an underscore, or not at all.
	 */
	private boolean isSet(String key) {
		int dash = key.indexOf('-');
		return this.set.contains(key.replace("-", "")) || (dash > 0 && this.set.contains(key.substring(0, dash)));
	}

	private void bind(ServerProperties server, String key) {
		switch (key) {
			case "args" -> {
				List<String> args = value(key, Bindable.listOf(String.class));
				if (args != null) {
					server.setArgs(args);
				}
			}
			case "domain-socket" -> server.setDomainSocket(value(key, ServerProperties.DomainSocket.class));
			case "handler" -> server.setHandler(value(key, String.class));
			case "inherit" -> server.setInherit(value(key, String.class));
			case "listeners" -> {
				Map<String, ListenerProperties> listeners = value(key,
						Bindable.mapOf(String.class, ListenerProperties.class));
				if (listeners != null) {
					server.setListeners(listeners);
				}
			}
			case "port" -> server.setPort(value(key, String.class));
			case "protocol" -> server.setProtocol(value(key, SessionProperties.Protocol.class));
			case "udp" -> server.setUdp(value(key, ServerProperties.Udp.class));
			default -> bindInherited(server, key);
		}
	}

	/** Binds a key that only servers have, and that they inherit. */
	private void bindInherited(ServerProperties server, String key) {
		switch (key) {
			case "address" -> server.setAddress(value(key, String.class));
			case "backlog" -> server.setBacklog(value(key, Integer.class));
			case "ban" -> server.setBan(value(key, ServerDefaults.Ban.class));
			case "drain" -> server.setDrain(value(key, ServerDefaults.Drain.class));
			case "farewell" -> server.setFarewell(value(key, String.class));
			case "ip-family" -> server.setIpFamily(value(key, IpFamily.class));
			case "limits" -> server.setLimits(value(key, ServerDefaults.Limits.class));
			case "login" -> server.setLogin(value(key, ServerDefaults.Login.class));
			case "one-shot" -> server.setOneShot(value(key, Boolean.class));
			case "proxy-protocol" -> server.setProxyProtocol(value(key, ServerDefaults.ProxyProtocol.class));
			case "rate" -> server.setRate(value(key, ServerDefaults.Rate.class));
			case "requests-per-session" -> server.setRequestsPerSession(value(key, Integer.class));
			case "ssl" -> server.setSsl(value(key, ServerDefaults.Ssl.class));
			case "start" -> server.setStart(value(key, ServerDefaults.Start.class));
			case "threads" -> server.setThreads(value(key, ServerDefaults.Threads.class));
			default -> bindShared(server, key);
		}
	}

	/** Binds a key that clients have, too. */
	private void bindShared(SessionProperties server, String key) {
		switch (key) {
			case "charset" -> server.setCharset(value(key, Charset.class));
			case "correlator" -> server.setCorrelator(value(key, String.class));
			case "discriminator" -> server.setDiscriminator(value(key, String.class));
			case "drain-timeout" -> server.setDrainTimeout(value(key, Duration.class));
			case "enabled" -> server.setEnabled(value(key, Boolean.class));
			case "execution" -> server.setExecution(value(key, SessionProperties.Execution.class));
			case "framing" -> server.setFraming(value(key, String.class));
			case "heartbeat" -> server.setHeartbeat(value(key, SessionProperties.Heartbeat.class));
			case "inbound" -> server.setInbound(value(key, SessionProperties.Inbound.class));
			case "on-unmapped" -> server.setOnUnmapped(value(key, OnUnmapped.class));
			case "options" -> server.setOptions(value(key, SessionProperties.Options.class));
			case "outbound" -> server.setOutbound(value(key, SessionProperties.Outbound.class));
			case "payload" -> server.setPayload(value(key, Payload.class));
			case "read-buffer" -> server.setReadBuffer(value(key, DataSize.class));
			case "requests" -> server.setRequests(value(key, RequestOrder.class));
			case "requests-late" -> server.setRequestsLate(value(key, Duration.class));
			case "requests-reply" -> server.setRequestsReply(value(key, String.class));
			case "shutdown" -> server.setShutdown(value(key, SessionProperties.Shutdown.class));
			case "timeouts" -> server.setTimeouts(value(key, SessionProperties.Timeouts.class));
			case "transport" -> server.setTransport(value(key, SocketTransport.class));
			default -> throw new IllegalArgumentException(key);
		}
	}

	private <T> @Nullable T value(String key, Class<T> type) {
		return value(key, Bindable.of(type));
	}

	private <T> @Nullable T value(String key, Bindable<T> type) {
		T value = this.binder.bind(this.entry.append(key), type, this.handler).orElse(null);
		this.bound |= value != null;
		return value;
	}

}
