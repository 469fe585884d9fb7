package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.Arrays;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.StreamHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClients;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values that are written out and are the usual default of their key, where the default
 * is another one.
 */
class DependentDefaultsTests {

	private static final StreamHandler TALK = (in, out, session) -> in.transferTo(out);

	private static void change(String[] base, String pair, Change change) {
		ChangingApplication.with(base).withBean("talk", StreamHandler.class, () -> TALK).run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			String[] file = Arrays.copyOf(base, base.length + 1);
			file[base.length] = pair;
			Environments.set(context, file);
			SettingsOutcome outcome = settings.apply(settings.plan(), Verdict.RESTART);
			assertThat(outcome.applied()).extracting((made) -> (made.from() != null) ? made.from() : "unknown")
				.containsExactly("unknown");
			assertThat(outcome.left()).isEmpty();
			change.made(context);
		});
	}

	private static ServerSpec server(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper").spec();
	}

	@Test
	void addressOfAListenerIsThatOfItsServer() {
		change(new String[] { "socket.servers.upper.port=0", "socket.servers.upper.address=any",
				"socket.servers.upper.listeners.extra.port=0" },
				"socket.servers.upper.listeners.extra.address=127.0.0.1",
				(context) -> assertThat(context.getBean(SocketServers.class).get("upper").listeners())
					.filteredOn((listener) -> listener.name().equals("extra"))
					.extracting((listener) -> listener.address())
					.allSatisfy((address) -> assertThat(address).startsWith("127.0.0.1:")));
	}

	@Test
	void bytesThatNobodyAcknowledgesWaitWithoutEndWhereWritesDo() {
		change(new String[] { "socket.servers.upper.port=0", "socket.servers.upper.timeouts.write=0" },
				"socket.servers.upper.options.user-timeout=120s",
				(context) -> assertThat(server(context).options().userTimeout()).isEqualTo(Duration.ofSeconds(120)));
	}

	@Test
	void datagramsThatFindNoRoomAreDropped() {
		change(new String[] { "socket.clients.meter.port=9", "socket.clients.meter.protocol=udp" },
				"socket.clients.meter.outbound.overflow=block", (context) -> {
					ClientSpec client = context.getBean(SocketClients.class).get("meter").spec();
					assertThat(client.session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
				});
	}

	@Test
	void sessionsThatEachTakeAThreadAreFewer() {
		change(new String[] { "socket.servers.upper.port=0", "socket.servers.upper.handler=talk",
				"socket.servers.upper.execution.mode=pool" }, "socket.servers.upper.limits.sessions=10000",
				(context) -> {
					assertThat(server(context).limits().sessions()).isEqualTo(10_000);
					Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.handler=talk",
							"socket.servers.upper.execution.mode=pool");
					assertThat(context.getBean(SocketSettings.class).plan().changes()).extracting((left) -> left.key())
						.containsExactly("limits.sessions");
				});
	}

	/** The documentation says in words that there is none. */
	@Test
	void textIsNoWordOfTheDocumentation() {
		change(new String[] { "socket.servers.upper.port=0" }, "socket.servers.upper.farewell=none",
				(context) -> assertThat(server(context).farewell()).isEqualTo("none"));
		change(new String[] { "socket.servers.upper.port=0" }, "socket.servers.upper.args=none",
				(context) -> assertThat(server(context).session().args()).containsExactly("none"));
	}

	private interface Change {

		void made(ConfigurableApplicationContext context);

	}

}
