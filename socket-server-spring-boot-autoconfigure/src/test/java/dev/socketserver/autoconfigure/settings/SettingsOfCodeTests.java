package dev.socketserver.autoconfigure.settings;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Route;
import dev.socketserver.client.SocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.Setting.Source;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationContext;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settings that no property says, but the code of an application.
 */
class SettingsOfCodeTests {

	private static final ServerHandler LOWER = ServerHandler.function("lower", PayloadConverter.text(UTF_8),
			(line) -> line.toLowerCase());

	@Test
	void whatCodeHasSetOfAServer() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			ServerSpec spec = ServerSpec.builder("code")
				.handler(LOWER)
				.correlator((payload) -> payload)
				.execution((execution) -> execution.executor(ForkJoinPool.commonPool()))
				.build();

			Map<String, Setting> settings = byKey(
					context.getBean(SocketSettings.class).of(context.getBean(SocketServers.class).register(spec)));

			assertThat(settings).containsEntry("handler", code("handler", "lower"))
				.containsEntry("correlator", code("correlator", "set"))
				.containsEntry("execution.executor", code("execution.executor", "set"))
				.containsEntry("requests-reply", builtIn("requests-reply", "none"))
				.containsEntry("inherit", builtIn("inherit", "none"));
		});
	}

	@Test
	void whatCodeHasSetOfAClient() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			Map<String, Setting> settings = settings(context,
					ClientSpec.builder("datagrams")
						.port(1)
						.handler(LOWER)
						.datagrams(true)
						.correlator((payload) -> payload)
						.route((route) -> route.broadcast(true))
						.pool((pool) -> pool.size(2).key(Object::toString))
						.build());
			assertThat(settings).containsEntry("handler", code("handler", "lower"))
				.containsEntry("protocol", code("protocol", "udp"))
				.containsEntry("correlator", code("correlator", "set"))
				.containsEntry("udp.broadcast", code("udp.broadcast", "true"))
				.containsEntry("pool.key", code("pool.key", "set"))
				.containsEntry("proxy.password", builtIn("proxy.password", "******"));

			Route.Proxy proxy = new Route.Proxy(Route.Proxy.Type.SOCKS5, "localhost", 1, "gate", "secret");
			settings = settings(context,
					ClientSpec.builder("proxied").port(1).route((route) -> route.proxy(proxy)).build());
			assertThat(settings).containsEntry("proxy.username", code("proxy.username", "gate"))
				.containsEntry("proxy.password", code("proxy.password", "******"))
				.containsEntry("protocol", builtIn("protocol", "tcp"));
			assertThat(settings.get("handler").from()).isEqualTo(Source.BUILT_IN);
		});
	}

	@Test
	void whatACustomizerHasSet() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.servers.other.port=0", "socket.servers.other.handler=upper",
					"socket.servers.other.correlator=mine")
			.withBean("mine", Function.class, () -> (payload) -> payload)
			.withBean("keys", SocketServerSpecCustomizer.class, () -> (name, spec) -> spec.correlator(Object::toString))
			.run((context) -> {
				Setting expected = new Setting("correlator", "set", Source.CUSTOMIZER, null, "keys",
						Verdict.NEW_SESSIONS);
				for (String name : List.of("upper", "other")) {
					assertThat(byKey(
							context.getBean(SocketSettings.class).of(context.getBean(SocketServers.class).get(name))))
						.containsEntry("correlator", expected);
				}
			});
	}

	private static Map<String, Setting> settings(ApplicationContext context, ClientSpec spec) {
		return byKey(context.getBean(SocketSettings.class).of(context.getBean(SocketClients.class).register(spec)));
	}

	private static Map<String, Setting> byKey(List<Setting> settings) {
		return settings.stream().collect(Collectors.toMap(Setting::key, (setting) -> setting));
	}

	private static Setting code(String key, String value) {
		return new Setting(key, value, Source.CODE, null, null, Verdict.REFUSED);
	}

	private static Setting builtIn(String key, String value) {
		return new Setting(key, value, Source.BUILT_IN, null, null, Verdict.REFUSED);
	}

}
