package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.keys.KnownKeys;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.client.Correlator;
import dev.socketserver.spec.Timeouts;
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
import org.springframework.context.annotation.Import;
import org.springframework.core.convert.converter.Converter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a server inherits each key of the shared defaults, and that each key has an
 * effect at both places.
 */
class InheritedPropertiesTests {

	private static final String SERVER = "socket.servers.upper.";

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
			Map.entry("proxy-protocol.trusted", List.of("192.0.2.2"))));

	/**
	 * Tested elsewhere: they are no part of a specification, or need more than a value.
	 */
	private static final Set<String> ELSEWHERE = Set.of("enabled", "framing", "payload", "discriminator", "on-unmapped",
			"start.auto", "start.wait", "start.on-failure", "ssl.bundle", "ssl.mode", "ssl.client-auth",
			"ssl.handshake-timeout", "ssl.sni[].host", "ssl.sni[].bundle", "heartbeat.answer[].to",
			"heartbeat.answer[].with", "heartbeat.answer[].copy",
			// Of clients only, which have no defaults.
			"options.multicast-ttl", "options.multicast-interface", "options.multicast-loop");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues(SERVER + "port=0", SERVER + "start.auto=false");

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
		List<String> needed = new ArrayList<>();
		for (String property : VALUES.get(key).subList(1, VALUES.get(key).size())) {
			needed.add(SERVER + property);
		}
		String value = key + "=" + VALUES.get(key).get(0);

		String own = described(needed, SERVER + value);

		assertThat(described(needed, DEFAULTS + value)).isEqualTo(own);
		assertThat(described(needed, "unrelated=")).isNotEqualTo(own);
	}

	@ParameterizedTest
	@MethodSource("keys")
	void anEmptyValueHidesOnlyAReferenceATextOrAList(String key) {
		String[] values = VALUES.get(key).toArray(String[]::new);
		List<String> needed = new ArrayList<>();
		for (int i = 1; i < values.length; i++) {
			needed.add(SERVER + values[i]);
		}
		boolean hides = Set
			.of("farewell", "correlator", "requests-reply", "execution.executor", "limits.allow", "limits.deny",
					"proxy-protocol.trusted", "ban.reasons", "ban.exempt", "rate.messages", "rate.bytes",
					"heartbeat.message", "heartbeat.placeholder", "heartbeat.reply")
			.contains(key);

		String inherited = described(needed, DEFAULTS + key + "=" + values[0]);
		needed.add(SERVER + key + "=");

		assertThat(described(needed, DEFAULTS + key + "=" + values[0]).equals(inherited)).isNotEqualTo(hides);
	}

	@Test
	void aBlockIsInheritedKeyByKeyAndAListAsAWhole() {
		String both = described(List.of(SERVER + "limits.sessions=8", SERVER + "limits.allow[0]=192.0.2.0/24"),
				SERVER + "limits.pending=7");

		this.runner
			.withPropertyValues(SERVER + "limits.sessions=8", SERVER + "limits.allow[0]=192.0.2.0/24",
					DEFAULTS + "limits.sessions=9", DEFAULTS + "limits.pending=7",
					DEFAULTS + "limits.allow[0]=198.51.100.0/24", DEFAULTS + "limits.allow[1]=203.0.113.0/24")
			.run((context) -> assertThat(described(context)).isEqualTo(both));
	}

	@Test
	void whatIsInheritedIsConvertedByTheApplication() {
		this.runner.withUserConfiguration(Converters.class)
			.withPropertyValues(DEFAULTS + "timeouts.idle=a while", SERVER + "timeouts.write=a while")
			.run((context) -> {
				Timeouts timeouts = context.getBean(SocketServers.class)
					.server("upper")
					.orElseThrow()
					.spec()
					.session()
					.timeouts();
				assertThat(timeouts.idle()).isEqualTo(Duration.ofMinutes(7));
				assertThat(timeouts.write()).isEqualTo(Duration.ofMinutes(7));
			});
	}

	/** A specification as text, in which the handler is always the same. */
	private String described(List<String> needed, String property) {
		List<String> text = new ArrayList<>();
		this.runner.withPropertyValues(needed.toArray(String[]::new)).withPropertyValues(property).run((context) -> {
			text.add(described(context));
		});
		return text.get(0);
	}

	private static String described(ApplicationContext context) {
		ServerSpec spec = context.getBean(SocketServers.class).server("upper").orElseThrow().spec();
		return spec.toString().replaceAll("(@|0x)[0-9a-f]+", "");
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
	@Import(UpperHandler.class)
	static class Handlers {

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
