package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.keys.KnownKeys;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.client.Correlator;
import dev.socketserver.spec.Timeouts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a server inherits each key of the shared defaults, and that each key has an
 * effect at both places.
 */
class InheritedPropertiesTests {

	private static final String SERVERS = "socket.servers.";

	private static final String UPPER = "upper";

	private static final String SERVER = SERVERS + UPPER + ".";

	/** A server that has an empty value of its own. */
	private static final String HIDING = "hiding";

	/** What the name of a server begins with that has only what its key needs besides. */
	private static final String BARE = "bare-";

	private static final String DEFAULTS = Section.DEFAULTS + ".";

	/**
	 * A value for each key, other than its default. After it is what the server needs
	 * besides.
	 */
	private static final Map<String, List<String>> VALUES = new TreeMap<>(Map.ofEntries(
			Map.entry("address", List.of("127.0.0.2")), Map.entry("ip-family", List.of("ipv4")),
			Map.entry("backlog", List.of("7")), Map.entry("transport", List.of("nio")),
			Map.entry("charset", List.of("ISO-8859-1")), Map.entry("one-shot", List.of("true")),
			Map.entry("requests-per-session", List.of("7")), Map.entry("read-buffer", List.of("7KB")),
			Map.entry("drain-timeout", List.of("7s")), Map.entry("drain.delay", List.of("1s")),
			Map.entry("drain.over", List.of("7s")), Map.entry("drain.order", List.of("oldest")),
			Map.entry("shutdown", List.of("immediate")), Map.entry("farewell", List.of("bye")),
			Map.entry("requests", List.of("one-at-a-time")),
			Map.entry("requests-late", List.of("7s", "requests=one-at-a-time")),
			Map.entry("requests-reply", List.of("accepted", "requests=one-at-a-time")),
			Map.entry("correlator", List.of("keys")), Map.entry("options.tcp-no-delay", List.of("false")),
			Map.entry("options.keep-alive", List.of("false")), Map.entry("options.reuse-address", List.of("false")),
			Map.entry("options.reuse-port", List.of("true")), Map.entry("options.keep-alive-idle", List.of("7s")),
			Map.entry("options.keep-alive-interval", List.of("7s")),
			Map.entry("options.keep-alive-count", List.of("7")), Map.entry("options.user-timeout", List.of("7s")),
			Map.entry("options.receive-buffer", List.of("7KB")), Map.entry("options.send-buffer", List.of("7KB")),
			Map.entry("inbound.capacity", List.of("7")), Map.entry("inbound.bytes", List.of("7KB")),
			Map.entry("inbound.overflow", List.of("close")), Map.entry("outbound.capacity", List.of("7")),
			Map.entry("outbound.bytes", List.of("7KB")), Map.entry("outbound.overflow", List.of("close")),
			Map.entry("execution.mode", List.of("event-loop")),
			Map.entry("execution.threads", List.of("7", "execution.mode=pool")),
			Map.entry("execution.queue", List.of("7", "execution.mode=pool")),
			Map.entry("execution.executor", List.of("lent", "execution.mode=pool")),
			Map.entry("threads.name", List.of("seven")), Map.entry("threads.server-daemon", List.of("true")),
			Map.entry("threads.session-daemon", List.of("false")),
			Map.entry("heartbeat.period", List.of("7s", "framing=length-field")),
			Map.entry("heartbeat.timeout", List.of("70s", "framing=length-field", "heartbeat.period=7s")),
			Map.entry("heartbeat.message", List.of("PING", "framing=length-field", "heartbeat.period=7s")),
			Map.entry("heartbeat.placeholder",
					List.of("0:1", "framing=length-field", "heartbeat.period=7s", "heartbeat.message=1a")),
			Map.entry("heartbeat.reply", List.of("PONG", "framing=length-field", "heartbeat.period=7s")),
			Map.entry("heartbeat.reply-timeout",
					List.of("70s", "framing=length-field", "heartbeat.period=7s", "heartbeat.reply=PONG")),
			Map.entry("timeouts.first-frame", List.of("7s")), Map.entry("timeouts.frame", List.of("7s")),
			Map.entry("timeouts.on-frame", List.of("discard")), Map.entry("timeouts.idle", List.of("7s")),
			Map.entry("timeouts.write", List.of("7s")), Map.entry("timeouts.session", List.of("7s")),
			Map.entry("timeouts.handler", List.of("7s")), Map.entry("limits.sessions", List.of("7")),
			Map.entry("limits.on-full", List.of("wait")), Map.entry("limits.sessions-per-address", List.of("7")),
			Map.entry("limits.accept-rate", List.of("7")), Map.entry("limits.pending", List.of("7")),
			Map.entry("limits.frame", List.of("7KB")), Map.entry("limits.allow", List.of("192.0.2.0/24")),
			Map.entry("limits.deny", List.of("192.0.2.0/24")), Map.entry("limits.alarm", List.of("70%")),
			Map.entry("ban.offences", List.of("7")), Map.entry("rate.messages", List.of("7/s")),
			Map.entry("rate.bytes", List.of("7MB/s")),
			Map.entry("rate.messages-burst", List.of("7", "rate.messages=8/s")),
			Map.entry("rate.bytes-burst", List.of("7KB", "rate.bytes=8KB/s")),
			Map.entry("rate.on-exceeded", List.of("close", "rate.messages=8/s")),
			Map.entry("login.timeout", List.of("7s")), Map.entry("login.by", List.of("identity", "login.timeout=7s")),
			Map.entry("login.frame", List.of("7KB", "login.timeout=7s")),
			Map.entry("login.messages", List.of("7", "login.timeout=7s")),
			Map.entry("login.attempts", List.of("7", "login.timeout=7s")),
			Map.entry("login.sessions", List.of("7", "login.timeout=7s")),
			Map.entry("ban.within", List.of("7s", "ban.offences=7")), Map.entry("ban.for", List.of("7s")),
			Map.entry("ban.max-for", List.of("7d", "ban.offences=7")),
			Map.entry("ban.reasons", List.of("decode-error", "ban.offences=7")),
			Map.entry("ban.exempt", List.of("192.0.2.0/24")),
			Map.entry("proxy-protocol.mode", List.of("required", "proxy-protocol.trusted=192.0.2.1")),
			Map.entry("proxy-protocol.trusted", List.of("192.0.2.2")), Map.entry("protocol", List.of("udp")),
			Map.entry("udp.session-timeout", List.of("7s", "protocol=udp")),
			Map.entry("udp.amplification", List.of("7", "protocol=udp")),
			Map.entry("udp.evict", List.of("false", "protocol=udp")),
			Map.entry("udp.groups", List.of("239.1.2.3", "protocol=udp", "address=any")),
			Map.entry("udp.broadcast", List.of("true", "protocol=udp", "address=any"))));

	/**
	 * Tested elsewhere: they are no part of a specification, or need more than a value.
	 */
	private static final Set<String> ELSEWHERE = Set.of("enabled", "framing", "payload", "discriminator", "on-unmapped",
			"start.auto", "start.wait", "start.on-failure", "ssl.bundle", "ssl.mode", "ssl.client-auth",
			"ssl.handshake-timeout", "ssl.sni[].host", "ssl.sni[].bundle", "heartbeat.answer[].to",
			"heartbeat.answer[].with", "heartbeat.answer[].copy",
			// Of clients only, which have no defaults.
			"options.multicast-ttl", "options.multicast-interface", "options.multicast-loop");

	private static final ApplicationContextRunner RUNNER = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	/** Servers that have a key themselves, and others without it, in one application. */
	private static final Map<String, String> OWN = new HashMap<>();

	/**
	 * The two servers of the application with a default, by its key: each is asked twice.
	 */
	private static final Map<String, Map<String, String>> INHERITED = new HashMap<>();

	private final ApplicationContextRunner runner = RUNNER.withPropertyValues(server(UPPER, List.of()));

	@BeforeAll
	static void startServersThatSayItThemselves() {
		List<String> properties = new ArrayList<>();
		VALUES.forEach((key, values) -> {
			List<String> own = new ArrayList<>(needed(key));
			own.add(key + "=" + values.get(0));
			properties.addAll(List.of(server(name(key), own)));
			properties.addAll(List.of(server(BARE + name(key), needed(key))));
		});
		RUNNER.withPropertyValues(properties.toArray(String[]::new)).run((context) -> {
			for (String key : VALUES.keySet()) {
				for (String name : List.of(name(key), BARE + name(key))) {
					OWN.put(name, described(context, name));
				}
			}
		});
	}

	@Test
	void everyKeyOfTheDefaultsIsHereOrElsewhere() {
		Set<String> known = new TreeSet<>();
		for (String key : new KnownKeys(KnownKeys.PREFIX, SocketProperties.class).all(0).values()) {
			if (key.startsWith(DEFAULTS)) {
				known.add(key.substring(DEFAULTS.length()));
			}
		}

		Set<String> expected = new TreeSet<>(VALUES.keySet());
		expected.addAll(ELSEWHERE);
		assertThat(known).isEqualTo(expected);
	}

	static Stream<String> keys() {
		return VALUES.keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("keys")
	void whatAServerInheritsIsWhatItCouldSayItself(String key) {
		assertThat(inherited(key).get(UPPER)).isEqualTo(OWN.get(name(key))).isNotEqualTo(OWN.get(BARE + name(key)));
	}

	@ParameterizedTest
	@MethodSource("keys")
	void anEmptyValueHidesOnlyAReferenceATextOrAList(String key) {
		boolean hides = Set
			.of("farewell", "correlator", "requests-reply", "execution.executor", "limits.allow", "limits.deny",
					"proxy-protocol.trusted", "ban.reasons", "ban.exempt", "rate.messages", "rate.bytes",
					"heartbeat.message", "heartbeat.placeholder", "heartbeat.reply", "udp.amplification", "udp.groups")
			.contains(key);

		Map<String, String> described = inherited(key);

		assertThat(described.get(HIDING).equals(described.get(UPPER))).isNotEqualTo(hides);
	}

	@Test
	void aBlockIsInheritedKeyByKeyAndAListAsAWhole() {
		List<String> described = new ArrayList<>();
		this.runner
			.withPropertyValues(SERVER + "limits.sessions=8", SERVER + "limits.allow[0]=192.0.2.0/24",
					SERVER + "limits.pending=7")
			.run((context) -> described.add(described(context, UPPER)));

		this.runner
			.withPropertyValues(SERVER + "limits.sessions=8", SERVER + "limits.allow[0]=192.0.2.0/24",
					DEFAULTS + "limits.sessions=9", DEFAULTS + "limits.pending=7",
					DEFAULTS + "limits.allow[0]=198.51.100.0/24", DEFAULTS + "limits.allow[1]=203.0.113.0/24")
			.run((context) -> assertThat(described).containsExactly(described(context, UPPER)));
	}

	@Test
	void whatIsInheritedIsConvertedByTheApplication() {
		this.runner.withUserConfiguration(Converters.class)
			.withPropertyValues(DEFAULTS + "timeouts.idle=a while", SERVER + "timeouts.write=a while")
			.run((context) -> {
				Timeouts timeouts = context.getBean(SocketServers.class).get("upper").spec().session().timeouts();
				assertThat(timeouts.idle()).isEqualTo(Duration.ofMinutes(7));
				assertThat(timeouts.write()).isEqualTo(Duration.ofMinutes(7));
			});
	}

	/** Describes two servers of an application that has a default. */
	private static Map<String, String> inherited(String key) {
		return INHERITED.computeIfAbsent(key, (added) -> {
			List<String> hiding = new ArrayList<>(needed(key));
			hiding.add(key + "=");
			Map<String, String> described = new HashMap<>();
			RUNNER.withPropertyValues(server(UPPER, needed(key)))
				.withPropertyValues(server(HIDING, hiding))
				.withPropertyValues(DEFAULTS + key + "=" + VALUES.get(key).get(0))
				.run((context) -> {
					for (String name : List.of(UPPER, HIDING)) {
						described.put(name, described(context, name));
					}
				});
			return described;
		});
	}

	/** Returns what a server needs besides a key. */
	private static List<String> needed(String key) {
		return VALUES.get(key).subList(1, VALUES.get(key).size());
	}

	/** Returns the name of the server that has a key itself. */
	private static String name(String key) {
		return "own-" + key.replace('.', '-');
	}

	private static String[] server(String name, List<String> properties) {
		return Stream.concat(Stream.of("port=0", "start.auto=false", "handler=upper"), properties.stream())
			.map((property) -> SERVERS + name + "." + property)
			.toArray(String[]::new);
	}

	/** A specification as text, in which name and handler are always the same. */
	private static String described(ApplicationContext context, String name) {
		ServerSpec spec = context.getBean(SocketServers.class).get(name).spec();
		return spec.toString().replace(name, UPPER).replaceAll("(@|0x)[0-9a-f]+", "");
	}

	@Configuration(proxyBeanMethods = false)
	static class Converters {

		@Bean
		@ConfigurationPropertiesBinding
		static Converter<String, Duration> durations() {
			return new Converter<>() {

				@Override
				public Duration convert(String text) {
					return text.equals("a while") ? Duration.ofMinutes(7) : DurationStyle.detectAndParse(text);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		Predicate<Object> accepted() {
			return (payload) -> true;
		}

		@Bean
		Correlator keys() {
			return (payload) -> null;
		}

		@Bean
		Executor lent() {
			return Runnable::run;
		}

	}

}
