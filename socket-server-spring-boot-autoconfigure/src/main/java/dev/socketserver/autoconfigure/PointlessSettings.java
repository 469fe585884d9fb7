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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns about keys that a server's own entry has and that change nothing, given the rest
 * of the entry. What is inherited may be meant for others.
 */
final class PointlessSettings {

	private static final Logger logger = LoggerFactory.getLogger(PointlessSettings.class);

	private static final List<Rule> RULES = List.of(
			new Rule((spec) -> spec.framing().passThrough(), "raw framing has no frames",
					List.of("limits.frame", "timeouts.first-frame", "timeouts.frame", "requests-per-session")),
			new Rule((spec) -> !spec.framing().passThrough(), "only raw framing reads into it", List.of("read-buffer")),
			new Rule((spec) -> !(spec.handler() instanceof ServerHandler.Messages),
					"the handler occupies a thread for each session",
					List.of("execution.threads", "execution.queue", "execution.executor", "timeouts.handler")),
			new Rule((spec) -> spec.session().execution().executor() != null, "an executor bean runs the handler",
					List.of("execution.threads", "execution.queue")),
			new Rule((spec) -> spec.session().execution().mode() != ExecutionMode.POOL, "there is no pool of threads",
					List.of("execution.threads", "execution.queue")),
			new Rule(ServerSpec::oneShot, "there is one session at most", List.of("limits.alarm")),
			new Rule((spec) -> spec.session().heartbeat() == null, "heartbeat.period is off",
					List.of("heartbeat.timeout")),
			new Rule((spec) -> spec.tls() == null, "there is no ssl.bundle",
					List.of("ssl.client-auth", "ssl.handshake-timeout", "ssl.sni")),
			new Rule((spec) -> !spec.options().keepAlive(), "options.keep-alive is off",
					List.of("options.keep-alive-idle", "options.keep-alive-interval", "options.keep-alive-count")),
			new Rule((spec) -> spec.proxyProtocol().mode() == ProxyMode.OFF, "proxy-protocol.mode is off",
					List.of("proxy-protocol.trusted")),
			new Rule((spec) -> spec.proxyProtocol().mode() == ProxyMode.OFF && spec.tls() == null,
					"every connection is a session at once, without ssl.bundle and proxy-protocol",
					List.of("limits.pending")),
			new Rule((spec) -> spec.limits().sessionsPerAddress() >= spec.limits().sessions(),
					"limits.sessions is not larger", List.of("limits.sessions-per-address")));

	private PointlessSettings() {
	}

	/**
	 * Warns, once for each key.
	 * @param spec what has become of the entry
	 * @param keys the keys that the entry has
	 */
	static void report(ServerSpec spec, Collection<String> keys) {
		Map<String, String> pointless = new LinkedHashMap<>();
		for (Rule rule : RULES) {
			if (rule.applies().test(spec)) {
				rule.keys().stream().filter(keys::contains).forEach((key) -> pointless.putIfAbsent(key, rule.reason()));
			}
		}
		pointless.forEach((key, reason) -> report(spec.name(), key, reason));
	}

	/**
	 * Warns about a key.
	 * @param server the server's name
	 * @param key the key
	 * @param reason why it changes nothing
	 */
	static void report(String server, String key, String reason) {
		logger.warn("Property socket.servers.{}.{} has no effect: {}", server, key, reason);
	}

	private record Rule(Predicate<ServerSpec> applies, String reason, List<String> keys) {

	}

}
