package dev.socketserver.autoconfigure.settings;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Servers that are disabled by what they inherit.
 */
class DisabledServersTests {

	private static final String PORT = "socket.servers.upper.port=0";

	private static final String OTHER = "socket.servers.other.port=0";

	private static final String ENABLED = "socket.servers.other.enabled=true";

	private static final String HANDLER = "socket.servers.other.handler=upper";

	private static final String DISABLED = "socket.server-defaults.enabled=false";

	private final ApplicationContextRunner runner = ChangingApplication.with(PORT, OTHER, HANDLER, ENABLED);

	@Test
	void comeAndGoWithTheDefault() {
		this.runner.run((context) -> {
			SocketServers servers = context.getBean(SocketServers.class);
			assertThat(ChangingApplication
				.change(context, Verdict.NEW_SESSIONS, PORT, OTHER, HANDLER, ENABLED, DISABLED,
						"socket.servers.upper.timeouts.idle=77s")
				.left()).extracting(SettingsChange::entry, SettingsChange::verdict)
				.contains(tuple("servers.upper", Verdict.REMOVE));
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
			assertThat(ChangingApplication
				.change(context, Verdict.APPLIED, PORT, OTHER, HANDLER, ENABLED, DISABLED,
						"socket.servers.other.timeouts.idle=77s")
				.left()).extracting(SettingsChange::entry, SettingsChange::verdict)
				.containsExactly(tuple("servers.upper", Verdict.REMOVE));

			assertThat(
					ChangingApplication.change(context, Verdict.REMOVE, PORT, OTHER, HANDLER, ENABLED, DISABLED).left())
				.isEmpty();
			assertThat(servers).extracting(SocketServer::name).containsExactly("other");

			assertThat(ChangingApplication.change(context, Verdict.CREATE, PORT, OTHER, HANDLER).applied())
				.extracting(SettingsChange::entry, SettingsChange::verdict)
				.containsExactly(tuple("servers.upper", Verdict.CREATE));
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		});
	}

}
