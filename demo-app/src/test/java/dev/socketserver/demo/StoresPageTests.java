package dev.socketserver.demo;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.fixtures.browser.Browser;
import dev.socketserver.fixtures.browser.Browsers;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.WebElement;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.jdbc.core.JdbcTemplate;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bridges, letters, datagrams and addresses of clients on the page for operators.
 */
@Tag("long")
@SpringBootTest(classes = StoresPageTests.Stores.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		"spring.config.name=stores", "socket.cluster.enabled=false", "management.health.redis.enabled=false",
		"management.endpoint.health.show-details=always",
		"management.endpoints.web.exposure.include=health,socketservers,socketclients,socketmailbox,socketui,socketsettings",
		"socket.servers.orders.port=7001", "socket.servers.orders.bridge.to=shelf",
		"socket.servers.orders.bridge.acknowledge=kept", "socket.servers.orders.bridge.retry.period=50ms",
		"socket.servers.meters.port=7003", "socket.servers.meters.protocol=udp",
		"socket.servers.meters.limits.frame=20B", "socket.servers.devices.port=7002",
		"socket.servers.devices.mailbox.identity=device", "socket.mailbox.store=jdbc",
		"socket.mailbox.require-durable=false", "socket.server-defaults.timeouts.idle=1h", "socket.mailbox.poll=100ms",
		"socket.clients.plant.addresses=localhost:${local.socket.orders.port},localhost:1",
		"socket.clients.plant.select=round-robin", "socket.clients.plant.pool.size=2" })
class StoresPageTests {

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	@Autowired
	private Shelf shelf;

	@Autowired
	private DataSource database;

	@Autowired
	private ConfigurableEnvironment environment;

	private Browser browser;

	@BeforeEach
	void open(@LocalServerPort int http) {
		this.shelf.away.set(false);
		this.browser = this.browsers.browser();
		this.browser.usualSize();
		this.browser.open("http://localhost:" + http + "/actuator/socketui");
		this.browser.showsThePage();
	}

	@Test
	void showsWhatIsStoredAndThatItCannotBe(@SocketConnection("orders") SocketTestClient client) {
		client.send("one").expect("kept");
		this.browser.shows("tr[data-bridge=orders] [data-cell=state]", "STORING");
		eventually(() -> assertThat(this.browser.texts("#bridges tbody tr")).singleElement()
			.asString()
			.matches("orders shelf STORING 0 [1-9] 0"));

		this.shelf.away.set(true);
		client.send("two");
		this.browser.shows("tr[data-bridge=orders] [data-cell=state]", "FAILING");
		this.browser.shows("tr[data-bridge=orders] [data-cell=pending]", "1");
		eventually(() -> assertThat(this.browser.texts("#attention li"))
			.anyMatch((each) -> each.matches("Server orders cannot store in shelf since .* UTC; waiting messages: 1\\. "
					+ "See acknowledge-stored.md in the documentation.")));

		this.shelf.away.set(false);
		client.expect("kept");
		this.browser.shows("tr[data-bridge=orders] [data-cell=state]", "STORING");
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void listsTheLettersOfAnIdentityPostsAndCancelsThem(@SocketConnection("devices") SocketTestClient device) {
		assertThat(this.browser.isShown("#no-letters")).isTrue();
		post("o-1", "interval 60");
		this.browser.shows("#done", "post letter o-1: it is WAITING.");
		post("o-2", "restart");
		eventually(() -> assertThat(this.browser.texts("#letters [data-cell=key]")).containsExactly("o-1", "o-2"));
		assertThat(this.browser.run("return location.hash")).isEqualTo("#letters-identity=device%3A47%2F11");
		assertThat((String) this.browser.run("return document.documentElement.outerHTML"))
			.doesNotContain("interval 60");

		this.browser.click("tr[data-letter=o-1] [data-action=cancel]");
		this.browser.click("#confirm-yes");
		this.browser.shows("#done", "cancel letter o-1: done.");
		this.browser.shows("tr[data-letter=o-1] [data-cell=state]", "CANCELLED");

		device.send("47/11").expect("welcome").expect("restart").send("done");
		this.browser.shows("tr[data-letter=o-2] [data-cell=state]", "DELIVERED");
		this.browser.choose("#letters-state", "CANCELLED");
		this.browser.hides("tr[data-letter=o-2]");
		this.browser.find("#letters-identity").clear();
		this.browser.find("#letters-identity").sendKeys("nobody");
		eventually(() -> assertThat(this.browser.text("#letters-problem"))
			.startsWith("identity is 'nobody', but must be"));
		assertThat(this.browser.errors()).isEmpty();
	}

	private void post(String key, String text) {
		this.browser.click("#post-letter");
		for (String[] field : new String[][] { { "identity", "device:47/11" }, { "key", key }, { "payload", text } }) {
			this.browser.find("#confirm [name=" + field[0] + "]").clear();
			this.browser.find("#confirm [name=" + field[0] + "]").sendKeys(field[1]);
		}
		this.browser.click("#confirm-yes");
	}

	@Test
	void saysThatTheStoreOfLettersIsAway() {
		JdbcTemplate database = new JdbcTemplate(this.database);
		database.execute("ALTER TABLE socket_mailbox RENAME TO hidden_mailbox");
		try {
			eventually(() -> assertThat(this.browser.texts("#attention li"))
				.anyMatch((each) -> each.startsWith("Mailbox cannot use its store since ")));
			this.browser.click("#attention .open");
			assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("letters-title");
		}
		finally {
			database.execute("ALTER TABLE hidden_mailbox RENAME TO socket_mailbox");
		}
		eventually(
				() -> assertThat(this.browser.texts("#attention li")).noneMatch((each) -> each.startsWith("Mailbox")));
	}

	@Test
	void showsTheAddressesOfAClientAndWhyOneIsNotUsed() {
		eventually(() -> assertThat(this.browser.texts("#addresses [data-cell=state]")).containsExactly("AVAILABLE",
				"UNAVAILABLE"));
		eventually(() -> assertThat(this.browser.texts("#attention li")).filteredOn((each) -> each.contains("plant"))
			.containsExactly("Client plant is connected, but cannot use localhost:1: nothing accepts connections there."
					+ " See fail-over.md in the documentation."));
		this.browser.shows("tr[data-client=plant] [data-cell=state]", "DEGRADED");
		this.browser.click("tr[data-client=plant] [data-cell=server]");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("addresses-title");
		this.browser.shows("#addresses-chosen", "Only those of client plant. Show all");
		this.browser.click("#addresses-chosen a");
		this.browser.hides("#addresses-chosen");
		eventually(
				() -> assertThat(this.browser.texts("#addresses [data-cell=connections]")).containsExactly("2", "0"));
		this.browser.click("tr[data-client=plant] [data-cell=name]");
		eventually(() -> assertThat(this.browser.text("#client-facts")).contains("2 of 2 are ready", "Cannot use",
				"localhost:1: nothing accepts connections there"));
		this.browser.click("#client-controls [data-action=more]");
		this.browser.click("#menu [data-action=rotate]");
		this.browser.shows("#done", "rotate client plant: it is CONNECTED.");
		assertThat(this.browser.texts("nav a")).contains("Bridges", "Letters", "Addresses", "Datagrams");
	}

	@Test
	void showsWhatDatagramsWereDroppedAndWhy(@SocketConnection("meters") SocketTestClient meter,
			@SocketConnection("meters") SocketTestClient talker) {
		assertThat(meter.ask("7 kWh")).isEqualTo("7 KWH");
		talker.send("much more than 20 bytes").send("nor may this be so long");
		eventually(() -> assertThat(this.browser.texts("#datagrams tbody tr")).singleElement()
			.isEqualTo("meters 3 1 2 2 TOO_LARGE"));
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void theDetailsOfServersAndClientsHaveTheirSettings() {
		this.browser.click("tr[data-server=orders] [data-cell=name]");
		eventually(() -> assertThat(this.browser.text("#server-settings summary"))
			.matches("Settings: [1-9]\\d* of [1-9]\\d+ differ from the default"));
		this.browser.click("#server-settings summary");
		eventually(() -> assertThat(this.browser.texts("[data-setting='timeouts.idle'] td")).containsExactly("1h",
				"server-defaults", "at once"));
		assertThat(this.browser.texts("#server-settings thead th")).containsExactly("Key", "Value", "From",
				"Change takes effect");
		assertThat(this.browser.text("[data-setting='timeouts.idle'] small"))
			.contains("socket.server-defaults.timeouts.idle");
		assertThat(this.browser.texts("[data-setting=port] td")).endsWith("after a restart of it");
		List<String> from = this.browser.texts("#server-settings [data-cell=from]");
		assertThat(from.subList(from.indexOf("default"), from.size())).containsOnly("default");
		assertThat(from.subList(0, from.indexOf("default"))).contains("own key", "server-defaults");

		this.browser.find("#server-settings-filter").sendKeys("idle");
		eventually(() -> assertThat(this.browser.texts("#server-settings [data-cell=key]")).contains("timeouts.idle")
			.doesNotContain("port"));
		this.browser.find("#server-settings-filter").sendKeys("ness");
		this.browser.shows("#server-settings .empty", "No setting is like that.");

		this.browser.click("tr[data-client=plant] [data-cell=name]");
		this.browser.click("#client-settings summary");
		this.browser.shows("[data-setting='pool.size'] [data-cell=value]", "2");
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void settingsThatAreNotInForceNeedAttention() {
		MutablePropertySources sources = this.environment.getPropertySources();
		sources.addFirst(new MapPropertySource("changed",
				Map.of("socket.servers.orders.limits.sessions", "7", "socket.servers.orders.backlog", "9")));
		try {
			eventually(() -> assertThat(this.browser.texts("#attention li")).anyMatch((each) -> each
				.contains("Server orders has 2 changed settings not in force: backlog, limits.sessions.")));
			assertThat(this.browser.errors()).isEmpty();
		}
		finally {
			sources.remove("changed");
		}
	}

	@Test
	void whatCanBeUsedHasAName() {
		eventually(() -> assertThat(this.browser.texts("#addresses tbody tr")).hasSize(2));
		assertThat(this.browser.all("main button, main input, main select").stream().filter(WebElement::isDisplayed))
			.hasSizeGreaterThan(20)
			.allSatisfy((control) -> assertThat(control.getAccessibleName()).isNotBlank());
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void fitsIntoTheWindow(int width) {
		this.browser.size(width, 1000);
		eventually(() -> assertThat(this.browser.texts("#addresses tbody tr")).hasSize(2));
		assertThat(
				this.browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
			.isEqualTo(true);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Stores {

		@Bean
		DataSource database() {
			JdbcDataSource database = new JdbcDataSource();
			database.setUrl("jdbc:h2:mem:letters;DB_CLOSE_DELAY=-1");
			return database;
		}

		@Bean
		Shelf shelf() {
			return new Shelf();
		}

		@Bean
		@SocketHandler("meters")
		UnaryOperator<String> meters() {
			return String::toUpperCase;
		}

		@Bean
		Devices devices() {
			return new Devices();
		}

	}

	static class Shelf implements MessageStore {

		final AtomicBoolean away = new AtomicBoolean();

		@Override
		public CompletionStage<?> store(InboundMessage message) {
			return this.away.get() ? CompletableFuture.failedFuture(new IllegalStateException("away"))
					: CompletableFuture.completedFuture(null);
		}

	}

	@SocketHandler("devices")
	static class Devices {

		@OnMessage
		String logIn(String id, SocketSession session) {
			session.bind("device", id);
			return "welcome";
		}

	}

}
