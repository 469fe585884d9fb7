package dev.socketserver.autoconfigure.settings.every;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.ListenerProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.every.OpenSessions.Peer;
import dev.socketserver.autoconfigure.spec.CertificateFiles;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of a server while fifty sessions are open, and finds the effect that
 * is promised: the verdict, the new value, no session that was cut, and counters that add
 * up. What would end sessions is left.
 */
@Tag("long")
class EveryKeyChangedTests {

	private static final String UPPER = "socket.servers.upper.";

	/** Values of keys whose type does not say what is possible. */
	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("address", "localhost"),
			Map.entry("farewell", "bye"), Map.entry("rate.messages", "100000/s"), Map.entry("rate.bytes", "100MB/s"),
			Map.entry("limits.allow", "127.0.0.0/8"), Map.entry("limits.deny", "192.0.2.1"),
			Map.entry("limits.alarm", "70%"), Map.entry("ban.reasons", "PROTOCOL_ERROR"),
			Map.entry("ban.exempt", "127.0.0.1"), Map.entry("limits.sessions", "77"),
			Map.entry("ssl.client-auth", "want"), Map.entry("limits.on-full", "wait"),
			Map.entry("outbound.overflow", "block"), Map.entry("rate.on-exceeded", "drop"),
			Map.entry("login.by", "identity"), Map.entry("drain.order", "oldest"), Map.entry("ip-family", "ipv4"),
			Map.entry("proxy-protocol.mode", "optional"), Map.entry("proxy-protocol.trusted", "127.0.0.1"),
			Map.entry("ssl.handshake-timeout", "9s"), Map.entry("ssl.sni", "host=one.example bundle=second"),
			Map.entry("start.on-failure", "warn"), Map.entry("ban.max-for", "2d"),
			Map.entry("heartbeat.message", "beat"), Map.entry("handler", "echo"), Map.entry("args", "one"),
			Map.entry("udp.amplification", "4"), Map.entry("udp.groups", "239.1.2.3"),
			Map.entry("domain-socket.mode", "0660"), Map.entry("domain-socket.group", "0"),
			Map.entry("domain-socket.allow-users", "0"), Map.entry("domain-socket.allow-groups", "0"));

	/** What changes with a key of servers that cannot change alone. */
	private static final Map<String, List<String>> BESIDE = Map.of("proxy-protocol.mode",
			List.of("proxy-protocol.trusted=127.0.0.1"), "udp.groups", List.of("address=any"), "udp.broadcast",
			List.of("address=any"));

	/** What changes with a key of servers that has no effect alone. */
	private static final Map<String, List<String>> WITH = Map.of("login.by", List.of("login.timeout=1h"), "login.frame",
			List.of("login.timeout=1h"), "login.messages", List.of("login.timeout=1h"), "login.attempts",
			List.of("login.timeout=1h"), "login.sessions", List.of("login.timeout=1h"));

	/** A server sends to no group. */
	private static final String FOR_CLIENTS = "options.multicast-";

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	private static Map<String, String> values(Class<?> type, Predicate<String> chosen) {
		Map<String, String> values = new ChangedValues(Section.SERVERS).of(type,
				Set.of("blocks", "absent", "inherited", "listeners"), VALUES);
		values.keySet().removeIf((key) -> !chosen.test(key) || key.startsWith(FOR_CLIENTS));
		return values;
	}

	private static boolean isOfDatagrams(String key) {
		return key.startsWith("udp.");
	}

	private static boolean isOfPath(String key) {
		return key.startsWith("domain-socket.");
	}

	private static boolean isOfTls(String key) {
		return key.startsWith("ssl.");
	}

	private void run(List<String> base, Body body) throws Exception {
		this.files.write("first", CertificateFiles.sign("first"));
		this.files.write("second", CertificateFiles.sign("second"));
		ApplicationContextRunner runner = ChangingApplication.with(base.toArray(String[]::new))
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withUserConfiguration(BeansOfKeys.class);
		for (String name : List.of("first", "second")) {
			String pem = "spring.ssl.bundle.pem." + name + ".keystore.";
			runner = runner.withPropertyValues(pem + "certificate=${certificates}/" + name + ".crt",
					pem + "private-key=${certificates}/" + name + ".key",
					pem.replace("keystore", "truststore") + "certificate=${certificates}/ca.crt");
		}
		this.files.in(runner).run((context) -> {
			ChangedKeys keys = new ChangedKeys(context, Section.SERVERS, base, BESIDE, WITH);
			body.change(context.getBean(SocketServers.class), keys);
			assertThat(keys.surprises()).isEmpty();
		});
	}

	@Test
	void keysThatServersInherit() throws Exception {
		run(List.of(UPPER + "port=0"), (servers, keys) -> {
			SocketServer server = servers.get("upper");
			try (OpenSessions sessions = new OpenSessions(server)) {
				values(ServerDefaults.class, (key) -> !isOfTls(key) && !isOfDatagrams(key)).forEach((key, value) -> keys
					.change(Section.DEFAULTS + ".", key, value, keys.verdict(key), server, sessions));
				// What needs a restart is planned by its key alone.
				values(ServerDefaults.class,
						(key) -> isOfDatagrams(key) && keys.verdict(key).compareTo(Verdict.RESTART) < 0)
					.forEach((key, value) -> keys.changeWithoutEffect(Section.DEFAULTS + ".", key, value, server,
							sessions));
				// It switches TLS on.
				keys.change(Section.DEFAULTS + ".", "ssl.bundle", "first", Verdict.RESTART, server, sessions);
			}
		});
	}

	@Test
	void keysOfAServer() throws Exception {
		run(List.of(UPPER + "port=0"), (servers, keys) -> {
			SocketServer server = servers.get("upper");
			Set<String> inherited = values(ServerDefaults.class, (key) -> true).keySet();
			try (OpenSessions sessions = new OpenSessions(server)) {
				values(ServerProperties.class,
						(key) -> !inherited.contains(key) && !isOfDatagrams(key) && !isOfPath(key))
					.forEach((key, value) -> keys.change(UPPER, key, value, keys.verdict(key), server, sessions));
			}
		});
	}

	@Test
	void keysOfAServerOfTls() throws Exception {
		run(List.of(UPPER + "port=0", Section.DEFAULTS + ".ssl.bundle=first"), (servers, keys) -> {
			SocketServer server = servers.get("upper");
			try (OpenSessions sessions = new OpenSessions(server, () -> Peer.of(TestPeer.over(secure(server))))) {
				values(ServerDefaults.class, EveryKeyChangedTests::isOfTls).forEach((key, value) -> keys
					.change(Section.DEFAULTS + ".", key, value, keys.verdict(key), server, sessions));
			}
		});
	}

	@Test
	void handshakesShowTheCertificateInForce() throws Exception {
		run(List.of(UPPER + "port=0", UPPER + "ssl.bundle=first"), (servers, keys) -> {
			SocketServer server = servers.get("upper");
			try (OpenSessions sessions = new OpenSessions(server, () -> Peer.of(TestPeer.over(secure(server))))) {
				keys.apply(UPPER + "port=0", UPPER + "ssl.bundle=second");
				assertThat(certificate(server)).isEqualTo("CN=second");
				assertThat(sessions.cut()).isNull();
				keys.apply(UPPER + "port=0", UPPER + "ssl.bundle=second", UPPER + "ssl.sni[0].host=localhost",
						UPPER + "ssl.sni[0].bundle=first");
				assertThat(certificate(server)).isEqualTo("CN=first");
				assertThat(sessions.cut()).isNull();
			}
		});
	}

	private static SSLSocket secure(SocketServer server) throws IOException {
		try {
			SSLContext ssl = SSLContext.getInstance("TLS");
			ssl.init(null, new TrustManager[] { CertificateFiles.authority().toTrustManager() }, null);
			Socket tcp = new Socket(InetAddress.getLoopbackAddress(), server.port());
			SSLSocket socket = (SSLSocket) ssl.getSocketFactory().createSocket(tcp, "localhost", server.port(), true);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setServerNames(List.of(new SNIHostName("localhost")));
			socket.setSSLParameters(parameters);
			return socket;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String certificate(SocketServer server) throws IOException {
		try (SSLSocket socket = secure(server)) {
			Certificate[] certificates = socket.getSession().getPeerCertificates();
			return ((X509Certificate) certificates[0]).getSubjectX500Principal().getName();
		}
	}

	@Test
	void keysOfAServerOfDatagrams() throws Exception {
		String datagrams = "socket.servers.datagrams.";
		run(List.of(datagrams + "port=0", datagrams + "protocol=udp", datagrams + "handler=upper"), (servers, keys) -> {
			SocketServer server = servers.get("datagrams");
			try (OpenSessions sessions = new OpenSessions(server,
					() -> Peer.of(new DatagramPeer(Objects.requireNonNull(server.localAddress()))))) {
				values(ServerProperties.class, EveryKeyChangedTests::isOfDatagrams)
					.forEach((key, value) -> keys.change(datagrams, key, value, keys.verdict(key), server, sessions));
			}
		});
	}

	@Test
	void keysOfAServerOnAPath() throws Exception {
		String local = "socket.servers.local.";
		Path path = this.files.directory().resolve("socket");
		run(List.of(UPPER + "port=0", local + "domain-socket.path=" + path, local + "handler=upper"),
				(servers, keys) -> {
					try (OpenSessions sessions = new OpenSessions(servers.get("upper"))) {
						values(ServerProperties.class, EveryKeyChangedTests::isOfPath).forEach((key, value) -> keys
							.change(local, key, value, keys.verdict(key), servers.get("local"), sessions));
					}
				});
	}

	@Test
	void keysOfListeners() throws Exception {
		String listeners = "listeners.";
		run(List.of(UPPER + "port=0", UPPER + "listeners.plain.port=0", UPPER + "listeners.secure.port=0",
				UPPER + "listeners.secure.ssl.bundle=first", UPPER + "listeners.datagrams.port=0",
				UPPER + "listeners.datagrams.protocol=udp",
				UPPER + "listeners.local.domain-socket.path=" + this.files.directory().resolve("socket")),
				(servers, keys) -> {
					SocketServer server = servers.get("upper");
					try (OpenSessions sessions = new OpenSessions(server)) {
						values(ListenerProperties.class, (key) -> true).forEach((key, value) -> {
							String listener = isOfTls(key) ? "secure"
									: isOfDatagrams(key) ? "datagrams" : isOfPath(key) ? "local" : "plain";
							// The server stays, and listens there no more.
							Verdict promised = key.equals("enabled") ? Verdict.RESTART : keys.verdict(key);
							keys.change(UPPER, listeners + listener + "." + key, value, promised, server, sessions);
						});
					}
				});
	}

	/** It may be inherited all the same, by servers of whatever kind. */
	@Test
	void keysForClientsAreRefused() throws Exception {
		run(List.of(UPPER + "port=0", UPPER + "protocol=udp"), (servers, keys) -> {
			SocketServer server = servers.get("upper");
			try (OpenSessions sessions = new OpenSessions(server,
					() -> Peer.of(new DatagramPeer(Objects.requireNonNull(server.localAddress()))))) {
				Map.of("ttl", "88", "loop", "false", "interface", "lo").forEach((key, value) -> {
					keys.change(UPPER, FOR_CLIENTS + key, value, Verdict.REFUSED, server, sessions);
					keys.changeWithoutEffect(Section.DEFAULTS + ".", FOR_CLIENTS + key, value, server, sessions);
				});
			}
		});
	}

	private interface Body {

		void change(SocketServers servers, ChangedKeys keys) throws Exception;

	}

}
