package dev.socketserver.mailbox;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settings of mailboxes that are changed while sessions are open.
 */
class MailboxSettingsTests {

	private static final String MAILBOX = "socket.servers.devices.mailbox.";

	private static void apply(ConfigurableApplicationContext application, Map<String, Object> values, Verdict most) {
		MutablePropertySources sources = application.getEnvironment().getPropertySources();
		sources.remove("changed");
		sources.addFirst(new MapPropertySource("changed", values));
		SocketSettings settings = application.getBean(SocketSettings.class);
		assertThat(settings.apply(settings.plan(), most).left()).isEmpty();
	}

	private static Letter post(ConfigurableApplicationContext application, String key) throws Exception {
		return application.getBean(SocketMailbox.class)
			.post("device", "7", key, "do " + key, null)
			.get(Patience.seconds(), TimeUnit.SECONDS);
	}

	@Test
	void openSessionsAreSentLettersByOtherSettings() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(MAILBOX + "send-on=message",
				MAILBOX + "active=1ms"); TestPeer peer = TestPeer.connect(application, "devices")) {
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThat(post(application, "a").state()).isEqualTo(LetterState.WAITING);

			apply(application, Map.of(MAILBOX + "send-on", "bound", MAILBOX + "acknowledge", "written"),
					Verdict.APPLIED);

			assertThat(peer.line()).isEqualTo("do a");
			assertThat(post(application, "b").attempts()).isZero();
			assertThat(peer.line()).as("without a reply to the first").isEqualTo("do b");
		}
	}

	@Test
	void aServerWithoutItsMailboxDeliversNoLetters() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run()) {
			assertThat(post(application, "a").state()).isEqualTo(LetterState.WAITING);

			apply(application, Map.of(MAILBOX + "identity", ""), Verdict.RESTART);

			assertThat(application.getBean(Deliveries.class).of("device")).isEmpty();
			try (TestPeer peer = TestPeer.connect(application, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThat(peer.ask("a")).isEqualTo("echo a");
			}
			apply(application, Map.of(MAILBOX + "identity", "device"), Verdict.RESTART);
			try (TestPeer peer = TestPeer.connect(application, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThat(peer.line()).isEqualTo("do a");
			}
		}
	}

}
