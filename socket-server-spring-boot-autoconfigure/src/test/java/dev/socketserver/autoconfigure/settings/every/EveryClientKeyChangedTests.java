package dev.socketserver.autoconfigure.settings.every;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.spec.CertificateFiles;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.settings.SocketSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of a client that has fifty connections open, and finds the effect that
 * is promised: the verdict, the new value, no connection that was lost, and counters that
 * add up.
 */
@Tag("long")
class EveryClientKeyChangedTests {

	private static final int SESSIONS = 50;

	/** Values of keys whose type does not say what is possible. */
	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("host", "localhost"),
			Map.entry("attempt-delay", "77ms"), Map.entry("local-address", "127.0.0.1"), Map.entry("pool.size", "51"),
			Map.entry("outbound.overflow", "fail"), Map.entry("reconnect.jitter", "0.4"),
			Map.entry("handler", "others"), Map.entry("select", "round-robin"), Map.entry("fail-back", "77m"),
			Map.entry("ready", "heartbeat"), Map.entry("proxy.type", "http"), Map.entry("pool.key", "lastLetter"),
			Map.entry("reconnect.max-period", "77m"), Map.entry("heartbeat.message", "alive"),
			Map.entry("ssl.server-name", "one.example"));

	/** What changes with a key of clients that cannot change alone. */
	private static final Map<String, List<String>> BESIDE = Map.of("ready",
			List.of("heartbeat.period=7m", "heartbeat.message=beat", "heartbeat.reply=alive"), "domain-socket.path",
			List.of("port"), "proxy.type", List.of("proxy.host=localhost", "proxy.port=1"));

	/** What changes with a key of clients that has no effect alone. */
	private static final Map<String, List<String>> WITH = Map.of("proxy.host",
			List.of("proxy.type=http", "proxy.port=1"), "proxy.port",
			List.of("proxy.type=http", "proxy.host=localhost"), "proxy.username",
			List.of("proxy.type=http", "proxy.host=localhost", "proxy.port=1"), "proxy.password",
			List.of("proxy.type=http", "proxy.host=localhost", "proxy.port=1", "proxy.username=gate"));

	/** Keys that only such clients have. */
	private static final Map<String, Set<String>> OF_OTHERS = Map.of("several",
			Set.of("addresses", "select", "fail-back", "failures", "retry.period", "retry.max-period"), "keyed",
			Set.of("handler", "pool.key", "discriminator"), "secure",
			Set.of("ssl.bundle", "ssl.mode", "ssl.server-name"), "datagrams", Set.of("udp.broadcast"), "group",
			Set.of("options.multicast-interface", "options.multicast-loop", "options.multicast-ttl"));

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	private final int port = Ports.free();

	private final List<String> base = List.of("socket.servers.upper.port=" + this.port, "socket.servers.secure.port=0",
			"socket.servers.secure.handler=upper", "socket.servers.secure.ssl.bundle=server",
			"socket.servers.datagrams.port=0", "socket.servers.datagrams.protocol=udp",
			"socket.servers.datagrams.handler=upper", "socket.clients.meter.port=" + this.port,
			"socket.clients.several.addresses=127.0.0.1:" + this.port, "socket.clients.keyed.port=" + this.port,
			"socket.clients.keyed.handler=pushes", "socket.clients.keyed.pool.key=firstCharacter",
			"socket.clients.secure.port=local.socket.secure.port", "socket.clients.secure.host=localhost",
			"socket.clients.secure.ssl.bundle=first", "socket.clients.secure.handler=pushes",
			"socket.clients.datagrams.port=local.socket.datagrams.port", "socket.clients.datagrams.protocol=udp",
			"socket.clients.group.host=239.1.2.3", "socket.clients.group.port=9", "socket.clients.group.protocol=udp");

	private static String client(String key) {
		return OF_OTHERS.entrySet()
			.stream()
			.filter((each) -> each.getValue().contains(key))
			.map(Map.Entry::getKey)
			.findFirst()
			.orElse("meter");
	}

	private Map<String, String> values() {
		Map<String, String> values = new LinkedHashMap<>(
				new ChangedValues(Section.CLIENTS).of(ClientProperties.class, Set.of("absent"), VALUES));
		values.put("addresses", "127.0.0.1:%1$s,localhost:%1$s".formatted(this.port));
		// The connection that is too many in the end is replaced by none.
		values.put("pool.size", values.remove("pool.size"));
		return values;
	}

	private ApplicationContextRunner runner(List<String> all) throws Exception {
		this.files.write("server", CertificateFiles.sign("server", "localhost", "one.example"));
		String pem = "spring.ssl.bundle.pem.";
		return this.files.in(ChangingApplication.with(all.toArray(String[]::new)))
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withUserConfiguration(Beans.class, BeansOfKeys.class)
			.withPropertyValues(pem + "server.keystore.certificate=${certificates}/server.crt",
					pem + "server.keystore.private-key=${certificates}/server.key",
					pem + "first.truststore.certificate=${certificates}/ca.crt",
					pem + "second.truststore.certificate=${certificates}/ca.crt");
	}

	@Test
	void eachKeyDoesWhatIsPromised() throws Exception {
		List<String> all = new ArrayList<>(this.base);
		List.of("meter", "several", "keyed", "secure", "datagrams")
			.forEach((name) -> all.add("socket.clients." + name + ".pool.size=" + SESSIONS));
		runner(all).run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			SocketClients clients = context.getBean(SocketClients.class);
			ChangedKeys keys = new ChangedKeys(context, Section.CLIENTS, all, BESIDE, WITH);
			values().forEach((key, value) -> {
				SocketClient client = clients.get(client(key));
				// What is sent to a group is not replied to.
				OpenConnections connections = new OpenConnections(
						client.name().equals("group") ? clients.get("meter") : client, SESSIONS);
				keys.change(new PromisedChange("socket.clients." + client.name() + ".", key, value, keys.verdict(key),
						keys.beside(key)), () -> settings.of(client), client::spec, connections::lost);
			});
			assertThat(keys.surprises()).isEmpty();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		Consumer<String> pushes() {
			return (text) -> {
			};
		}

		@Bean
		Consumer<String> others() {
			return (text) -> {
			};
		}

		@Bean
		Function<String, String> firstCharacter() {
			return (text) -> text.substring(0, 1);
		}

		@Bean
		Function<String, String> lastLetter() {
			return (text) -> text.substring(text.length() - 1);
		}

	}

}
