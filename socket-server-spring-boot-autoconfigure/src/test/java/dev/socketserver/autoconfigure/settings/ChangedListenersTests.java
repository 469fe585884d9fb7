package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.ListenerStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.spec.CertificateFiles;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Listeners of a server that come and go, or change their kind.
 */
class ChangedListenersTests {

	private static final String EXTRA = "socket.servers.upper.listeners.extra.";

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	@BeforeEach
	void certificates() throws Exception {
		this.files.write("server", CertificateFiles.sign("server"));
	}

	private static String[] file(String... pairs) {
		List<String> all = new ArrayList<>(List.of("socket.servers.upper.port=0", EXTRA + "port=0"));
		all.addAll(List.of(pairs));
		return all.toArray(String[]::new);
	}

	private ApplicationContextRunner with(String... pairs) {
		String pem = "spring.ssl.bundle.pem.server.keystore.";
		return this.files.in(ChangingApplication.with(file(pairs)))
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues(pem + "certificate=${certificates}/server.crt",
					pem + "private-key=${certificates}/server.key");
	}

	private static SettingsOutcome apply(ConfigurableApplicationContext context, Verdict most, String... pairs) {
		return ChangingApplication.change(context, most, file(pairs));
	}

	private static List<String> listening(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class)
			.get("upper")
			.listeners()
			.stream()
			.map(ListenerStatus::name)
			.toList();
	}

	@Test
	void oneThatIsDisabledIsGoneAfterARestartOfItsServer() {
		with().run((context) -> {
			assertThat(apply(context, Verdict.NEW_SESSIONS, EXTRA + "enabled=false").left())
				.extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.enabled", Verdict.RESTART));
			assertThat(apply(context, Verdict.REMOVE, EXTRA + "enabled=false").left()).isEmpty();
			assertThat(listening(context)).containsExactly("main");
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
			assertThat(apply(context, Verdict.RESTART).left()).isEmpty();
			assertThat(listening(context)).containsExactly("main", "extra");
		});
	}

	/** Its block is its own then, and has no bundle. */
	@Test
	void oneThatInheritsNoBundleAnyMoreNeedsARestart() {
		String bundle = "socket.servers.upper.ssl.bundle=server";
		with(bundle).run((context) -> {
			assertThat(apply(context, Verdict.NEW_SESSIONS, bundle, EXTRA + "ssl.handshake-timeout=9s").left())
				.extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.ssl.handshake-timeout", Verdict.RESTART));
			assertThat(apply(context, Verdict.RESTART, bundle, EXTRA + "ssl.handshake-timeout=9s").left()).isEmpty();
			assertThat(apply(context, Verdict.RESTART, bundle, EXTRA + "ssl.handshake-timeout=9s",
					EXTRA + "ssl.bundle=server")
				.applied()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.ssl.bundle", Verdict.RESTART));
			assertThat(apply(context, Verdict.NEW_SESSIONS, bundle).left()).isEmpty();
		});
	}

}
