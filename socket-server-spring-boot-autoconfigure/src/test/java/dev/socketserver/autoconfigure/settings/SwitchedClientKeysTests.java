package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Keys of a client that decide how what waits in it is kept.
 */
class SwitchedClientKeysTests {

	private static final List<String> BASE = List.of("socket.servers.upper.port=0",
			"socket.servers.upper.handler=upper", "socket.servers.datagrams.port=0",
			"socket.servers.datagrams.protocol=udp", "socket.servers.datagrams.handler=upper");

	private static final String METER = "socket.clients.meter.";

	private static String[] file(String... pairs) {
		List<String> all = new ArrayList<>(BASE);
		for (String pair : pairs) {
			all.add(METER + pair);
		}
		return all.toArray(String[]::new);
	}

	private static SettingsOutcome apply(ConfigurableApplicationContext context, String... pairs) {
		return ChangingApplication.change(context, Verdict.RESTART, file(pairs));
	}

	private ApplicationContextRunner with(String... pairs) {
		return ChangingApplication.with(file(pairs)).withUserConfiguration(Beans.class);
	}

	private static String ask(ConfigurableApplicationContext context, String text) throws Exception {
		SocketClient client = context.getBean(SocketClients.class).get("meter");
		return client.ask(text, String.class, Patience.limit()).get();
	}

	@Test
	void protocolIsAnotherAfterARestart() {
		with("port=${local.socket.upper.port}").run((context) -> {
			assertThat(ask(context, "a")).isEqualTo("A");
			SettingsOutcome outcome = apply(context, "port=${local.socket.datagrams.port}", "protocol=udp");
			assertThat(outcome.applied()).extracting(SettingsChange::verdict)
				.containsExactly(Verdict.RESTART, Verdict.RESTART);
			assertThat(ask(context, "b")).isEqualTo("B");
			assertThat(apply(context, "port=${local.socket.upper.port}").left()).isEmpty();
			assertThat(ask(context, "c")).isEqualTo("C");
		});
	}

	/** The library of io_uring is not here. */
	@Test
	void restartThatCannotStartIsTakenBack() {
		with("port=${local.socket.upper.port}").run((context) -> {
			assertThat(ask(context, "a")).isEqualTo("A");
			assertThatExceptionOfType(SettingsConflictException.class)
				.isThrownBy(() -> apply(context, "port=${local.socket.upper.port}", "transport=io-uring"))
				.withMessageStartingWith(
						"Property socket.clients.meter.transport is 'io_uring': this machine does not have it")
				.withMessageEndingWith("Everything is as it was, but the sessions of client 'meter' have ended.");
			assertThat(ask(context, "a")).isEqualTo("A");
			assertThat(apply(context, "port=${local.socket.upper.port}", "timeouts.idle=77s").applied())
				.extracting(SettingsChange::verdict)
				.containsExactly(Verdict.APPLIED);
		});
	}

	@Test
	void handlerThatIsNewOrGoneIsLeft() {
		with("port=${local.socket.upper.port}").run((context) -> {
			isLeft(apply(context, "port=${local.socket.upper.port}", "handler=lower", "timeouts.idle=77s"), "handler",
					"The application must be restarted: what waits in a client is kept in another way with a handler");
			assertThat(ask(context, "a")).isEqualTo("A");
		});
		with("port=${local.socket.upper.port}", "handler=lower").run((context) -> {
			isLeft(apply(context, "port=${local.socket.upper.port}", "timeouts.idle=77s"), "handler",
					"The application must be restarted: what waits in a client is kept in another way without a handler");
			assertThat(apply(context, "port=${local.socket.upper.port}", "handler=reverse").left()).isEmpty();
		});
	}

	/** With a handler of its own, the application stays for the client. */
	@Test
	void handlerOfTheApplicationInPlaceOfABuiltInOneNeedsARestart() {
		with("port=${local.socket.upper.port}", "handler=discard").run((context) -> {
			SettingsOutcome outcome = apply(context, "port=${local.socket.upper.port}", "handler=lower");
			assertThat(outcome.left()).isEmpty();
			assertThat(outcome.applied()).extracting(SettingsChange::verdict).containsExactly(Verdict.RESTART);
			assertThat(apply(context, "port=${local.socket.upper.port}", "handler=reverse").applied())
				.extracting(SettingsChange::verdict)
				.containsExactly(Verdict.NEW_SESSIONS);
		});
		with("port=${local.socket.upper.port}", "handler=discard", "threads.client-daemon=true").run((context) -> {
			SettingsOutcome outcome = apply(context, "port=${local.socket.upper.port}", "handler=lower",
					"threads.client-daemon=true");
			assertThat(outcome.applied()).extracting(SettingsChange::verdict).containsExactly(Verdict.NEW_SESSIONS);
		});
	}

	@Test
	void poolKeyThatIsNewOrGoneIsLeft() {
		with("port=${local.socket.upper.port}").run((context) -> {
			isLeft(apply(context, "port=${local.socket.upper.port}", "pool.key=first", "timeouts.idle=77s"), "pool.key",
					"The application must be restarted: what waits in a client is kept in another way with a pool.key");
			assertThat(ask(context, "a")).isEqualTo("A");
		});
		with("port=${local.socket.upper.port}", "pool.key=first").run((context) -> {
			isLeft(apply(context, "port=${local.socket.upper.port}", "timeouts.idle=77s"), "pool.key",
					"The application must be restarted: what waits in a client is kept in another way without a pool.key");
			assertThat(apply(context, "port=${local.socket.upper.port}", "pool.key=last").left()).isEmpty();
			assertThat(ask(context, "a")).isEqualTo("A");
		});
	}

	private static void isLeft(SettingsOutcome outcome, String key, String reason) {
		assertThat(outcome.applied()).extracting(SettingsChange::key).containsExactly("timeouts.idle");
		assertThat(outcome.left()).singleElement().satisfies((left) -> {
			assertThat(left.key()).isEqualTo(key);
			assertThat(left.verdict()).isEqualTo(Verdict.REFUSED);
			assertThat(left.reason()).isEqualTo(reason);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		UnaryOperator<String> lower() {
			return String::toLowerCase;
		}

		@Bean
		UnaryOperator<String> reverse() {
			return (text) -> new StringBuilder(text).reverse().toString();
		}

		@Bean
		Function<String, String> first() {
			return (text) -> text.substring(0, 1);
		}

		@Bean
		Function<String, String> last() {
			return (text) -> text.substring(text.length() - 1);
		}

	}

}
