package dev.socketserver.mailbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.ServerMailbox;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Settings of mailboxes that are changed while sessions are open.
 */
class MailboxSettingsTests {

	private static final String MAILBOX = "socket.servers.devices.mailbox.";

	@RegisterExtension
	private final Opened opened = new Opened();

	private static void apply(ConfigurableApplicationContext application, Map<String, Object> values, Verdict most) {
		assertThat(change(application, values, most).left()).isEmpty();
	}

	private static SettingsOutcome change(ConfigurableApplicationContext application, Map<String, Object> values,
			Verdict most) {
		MutablePropertySources sources = application.getEnvironment().getPropertySources();
		sources.remove("changed");
		sources.addFirst(new MapPropertySource("changed", values));
		SocketSettings settings = application.getBean(SocketSettings.class);
		return settings.apply(settings.plan(), most);
	}

	private static Letter post(ConfigurableApplicationContext application, String key) throws Exception {
		return Patience.await(application.getBean(SocketMailbox.class).post("device", "7", key, "do " + key, null));
	}

	@Test
	void openSessionsAreSentLettersByOtherSettings() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(MAILBOX + "send-on=message",
				MAILBOX + "active=1ms"); TestPeer peer = TestPeer.connect(application, "devices")) {
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			long active = System.nanoTime();
			Awaitility.await().until(() -> System.nanoTime() - active > TimeUnit.MILLISECONDS.toNanos(1));
			assertThat(post(application, "a").state()).isEqualTo(LetterState.WAITING);

			apply(application, Map.of(MAILBOX + "send-on", "bound", MAILBOX + "acknowledge", "written"),
					Verdict.APPLIED);

			assertThat(peer.line()).isEqualTo("do a");
			assertThat(post(application, "b").attempts()).isZero();
			assertThat(peer.line()).as("without a reply to the first").isEqualTo("do b");
		}
	}

	/** Fifty sessions are open, and take the new value. */
	@Tag("long")
	@ParameterizedTest
	@CsvSource({ "identity, meter", "acknowledge, written", "send-on, message", "active, 77s", "timeout, 7s",
			"attempts, 8", "retry, 7s" })
	void eachKeyDoesWhatIsPromised(String key, String value) throws Exception {
		Verdict promised = new SettingsTable().row(Section.SERVERS, "mailbox." + key).verdict();
		try (ConfigurableApplicationContext application = DeviceApplication.run()) {
			List<TestPeer> peers = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				peers.add(this.opened.add(TestPeer.connect(application, "devices")));
				assertThat(peers.get(i).ask("login " + i)).isEqualTo("welcome " + i);
			}
			boolean restart = promised == Verdict.RESTART;

			SettingsOutcome outcome = change(application, Map.of(MAILBOX + key, value), Verdict.NEW_SESSIONS);

			assertThat(restart ? outcome.left() : outcome.applied())
				.extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("mailbox." + key, promised));
			for (TestPeer peer : peers) {
				assertThat(peer.ask("a")).isEqualTo("echo a");
			}
			assertThat(post(application, "b").state()).isEqualTo(LetterState.WAITING);
			assertThat(peers.get(7).line()).isEqualTo("do b");
			Opened.closeAll(peers);
		}
	}

	@Test
	void noKeyIsLeftOut() throws Exception {
		CsvSource keys = MailboxSettingsTests.class
			.getDeclaredMethod("eachKeyDoesWhatIsPromised", String.class, String.class)
			.getAnnotation(CsvSource.class);
		assertThat(
				new SettingsTable().rows(Section.SERVERS).keySet().stream().filter((key) -> key.startsWith("mailbox.")))
			.containsExactlyInAnyOrderElementsOf(
					Stream.of(keys.value()).map((row) -> "mailbox." + row.split(",")[0]).toList());
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

	@Test
	void aStoreThatForgetsIsRefusedBeforeAnySessionEnds() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(MAILBOX + "identity=",
				"spring.datasource.url=jdbc:h2:mem:refused");
				TestPeer peer = TestPeer.connect(application, "devices")) {
			assertThat(peer.ask("a")).isEqualTo("echo a");

			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(SettingsRefusedException.class)
					.isThrownBy(() -> change(application, Map.of(MAILBOX + "identity", "device"), Verdict.RESTART))
					.withMessageContaining("jdbc:h2:mem:refused");
			}

			assertThat(peer.ask("b")).isEqualTo("echo b");
		}
	}

	@Test
	void aServerThatAChangeMakesHasItsMailboxBeforeOthersFindIt() {
		try (ConfigurableApplicationContext application = DeviceApplication.run(List.of(Found.class))) {
			apply(application, Map.of("socket.servers.meters.port", "0", "socket.servers.meters.handler", "devices",
					"socket.servers.meters.mailbox.identity", "meter"), Verdict.CREATE);

			assertThat(application.getBean(Found.class).mailboxes).extracting(ServerMailbox::server)
				.containsExactly("meters");
		}
	}

	/** Notes the mailboxes that there are when a server is registered. */
	static final class Found implements SocketServerListener {

		private final ObjectProvider<Deliveries> deliveries;

		private final List<ServerMailbox> mailboxes = new CopyOnWriteArrayList<>();

		Found(ObjectProvider<Deliveries> deliveries) {
			this.deliveries = deliveries;
		}

		@Override
		public void registered(SocketServer server) {
			if (server.name().equals("meters")) {
				this.mailboxes.addAll(this.deliveries.getObject().of("meter"));
			}
		}

	}

}
