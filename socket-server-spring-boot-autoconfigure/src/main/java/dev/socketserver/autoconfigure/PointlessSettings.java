package dev.socketserver.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.socketserver.ExecutionMode;
import dev.socketserver.ProxyMode;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketOptions;
import dev.socketserver.client.ClientSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns about keys that an entry itself has and that change nothing, given the rest of
 * the entry. What is inherited may be meant for others.
 */
final class PointlessSettings {

	private static final Logger logger = LoggerFactory.getLogger(PointlessSettings.class);

	private static final List<Rule<SessionSpec>> OF_SESSIONS = List.of(
			new Rule<>((spec) -> spec.framing().passThrough(), "raw framing has no frames",
					List.of("limits.frame", "timeouts.first-frame", "timeouts.frame", "requests-per-session")),
			new Rule<>((spec) -> !spec.framing().passThrough(), "only raw framing reads into it",
					List.of("read-buffer")),
			new Rule<>((spec) -> !(spec.handler() instanceof ServerHandler.Messages),
					"the handler occupies a thread for each session",
					List.of("execution.threads", "execution.queue", "execution.executor", "timeouts.handler")),
			new Rule<>((spec) -> spec.execution().executor() != null, "an executor bean runs the handler",
					List.of("execution.threads", "execution.queue")),
			new Rule<>((spec) -> spec.execution().mode() != ExecutionMode.POOL, "there is no pool of threads",
					List.of("execution.threads", "execution.queue")),
			new Rule<>((spec) -> spec.heartbeat() == null, "heartbeat.period is off", List.of("heartbeat.timeout")));

	private static final List<Rule<SocketOptions>> OF_SOCKETS = List
		.of(new Rule<>((options) -> !options.keepAlive(), "options.keep-alive is off",
				List.of("options.keep-alive-idle", "options.keep-alive-interval", "options.keep-alive-count")));

	private static final List<Rule<ServerSpec>> OF_SERVERS = List.of(
			new Rule<>(ServerSpec::oneShot, "there is one session at most", List.of("limits.alarm")),
			new Rule<>((spec) -> spec.tls() == null, "there is no ssl.bundle",
					List.of("ssl.client-auth", "ssl.handshake-timeout", "ssl.sni")),
			new Rule<>((spec) -> spec.proxyProtocol().mode() == ProxyMode.OFF, "proxy-protocol.mode is off",
					List.of("proxy-protocol.trusted")),
			new Rule<>((spec) -> spec.proxyProtocol().mode() == ProxyMode.OFF && spec.tls() == null,
					"every connection is a session at once, without ssl.bundle and proxy-protocol",
					List.of("limits.pending")),
			new Rule<>((spec) -> spec.limits().sessionsPerAddress() >= spec.limits().sessions(),
					"limits.sessions is not larger", List.of("limits.sessions-per-address")));

	private static final List<Rule<ClientSpec>> OF_CLIENTS = List.of(
			new Rule<>(ClientSpec::byHand, "there is no handler", List.of("args", "timeouts.handler")),
			new Rule<>((spec) -> spec.tls() == null, "there is no ssl.bundle", List.of("ssl.server-name")),
			new Rule<>((spec) -> true, "a client does not listen",
					List.of("options.reuse-address", "options.reuse-port")));

	private PointlessSettings() {
	}

	/**
	 * Warns about keys of a server, once for each.
	 * @param spec what has become of the entry
	 * @param keys the keys that the entry has
	 */
	static void report(ServerSpec spec, Collection<String> keys) {
		Map<String, String> pointless = new LinkedHashMap<>();
		find(OF_SESSIONS, spec.session(), keys, pointless);
		find(OF_SERVERS, spec, keys, pointless);
		find(OF_SOCKETS, spec.options(), keys, pointless);
		pointless.forEach((key, reason) -> report(Section.SERVERS, spec.name(), key, reason));
	}

	/**
	 * Warns about keys of a client, once for each.
	 * @param spec what has become of the entry
	 * @param keys the keys that the entry has
	 */
	static void report(ClientSpec spec, Collection<String> keys) {
		Map<String, String> pointless = new LinkedHashMap<>();
		find(OF_CLIENTS, spec, keys, pointless);
		find(OF_SESSIONS, spec.session(), keys, pointless);
		find(OF_SOCKETS, spec.options(), keys, pointless);
		pointless.forEach((key, reason) -> report(Section.CLIENTS, spec.name(), key, reason));
	}

	private static <S> void find(List<Rule<S>> rules, S spec, Collection<String> keys, Map<String, String> pointless) {
		for (Rule<S> rule : rules) {
			if (rule.applies().test(spec)) {
				rule.keys().stream().filter(keys::contains).forEach((key) -> pointless.putIfAbsent(key, rule.reason()));
			}
		}
	}

	/**
	 * Warns about a key.
	 * @param section where the entry is
	 * @param name the entry's name
	 * @param key the key
	 * @param reason why it changes nothing
	 */
	static void report(Section section, String name, String key, String reason) {
		logger.warn("Property {} has no effect: {}", section.property(name, key), reason);
	}

	private record Rule<S>(Predicate<S> applies, String reason, List<String> keys) {

	}

}
