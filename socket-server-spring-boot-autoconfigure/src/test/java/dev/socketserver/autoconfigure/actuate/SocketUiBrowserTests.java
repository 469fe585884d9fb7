package dev.socketserver.autoconfigure.actuate;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.browser.Browser;
import dev.socketserver.fixtures.browser.Browsers;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page for operators in a real browser: wherever the actuator is, and whoever is
 * logged in. What it shows in general is tested with the demo.
 */
@Tag("long")
class SocketUiBrowserTests {

	private static final String PAUSE = "tr[data-server=upper] [data-action=pause]";

	private static final String STATE = "tr[data-server=upper] [data-cell=state]";

	private static final String LISTENER = "tr[data-listener=extra]";

	private static final String SESSION = "tr[data-session=upper-1]";

	/**
	 * For several tests. One of the reactive stack cannot be shared: where another ends,
	 * it takes away the threads of all.
	 */
	private static ConfigurableApplicationContext shared;

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	private Browser browser;

	@BeforeEach
	void browser() {
		this.browser = this.browsers.browser();
	}

	@BeforeAll
	static void startShared() {
		shared = start(WebApplicationType.SERVLET, "socket.ui.docs-url=https://docs.example.com/1.2/",
				"management.endpoints.web.exposure.include=socketui,socketservers,socketsessions,socketbans");
	}

	@AfterEach
	void leave() {
		this.browser.open("about:blank");
		RunningServers.removeAll(shared.getBean(NettySocketServers.class), shared.getBean(NettySocketClients.class));
	}

	@AfterAll
	static void closeShared() {
		shared.close();
	}

	@ParameterizedTest
	@CsvSource({ "REACTIVE, local.server.port, /actuator/socketui, ''",
			"SERVLET, local.server.port, /app/ops/look, server.servlet.context-path=/app "
					+ "management.endpoints.web.base-path=/ops management.endpoints.web.path-mapping.socketui=look "
					+ "management.endpoints.web.path-mapping.socketservers=servers",
			"REACTIVE, local.management.port, /base/actuator/socketui, management.server.port=0 "
					+ "management.server.base-path=/base",
			"SERVLET, local.server.port, /actuator/socketui/, management.endpoints.web.discovery.enabled=false" })
	void worksWhereverTheActuatorIs(WebApplicationType stack, String port, String path, String properties)
			throws Exception {
		try (ConfigurableApplicationContext application = start(stack, properties.split(" "));
				TestPeer peer = peer(application)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			open(application, port, path);
			this.browser.showsThePage();
			this.browser.click(PAUSE);

			this.browser.shows(STATE, "PAUSED");
			assertThat(upper(application).state()).isEqualTo(ServerState.PAUSED);
			closeSession();
			this.browser.click("#confirm-yes");
			assertThat(peer.read()).isNull();
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void aNodeAloneIsNoCluster() throws Exception {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(WholeApplication.class)
			.web(WebApplicationType.SERVLET)
			.run("--server.port=0", "--server.address=127.0.0.1", "--management.endpoints.web.exposure.include=*",
					"--socket.servers.upper.port=0")) {
			open(application, "local.server.port", "/actuator/socketui");
			this.browser.showsThePage();
			this.browser.click(PAUSE);

			this.browser.shows(STATE, "PAUSED");
			assertThat(this.browser.isShown("#sessions-section")).isTrue();
			assertThat(this.browser.isShown("#nodes-section")).isFalse();
			assertThat(this.browser.isShown("#scope")).isFalse();
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS) // has no files of sockets that vanish
	void aListenerThatFailsNeedsAttention(@TempDir Path directory) throws Exception {
		Path run = Files.createDirectory(directory.resolve("run"));
		SocketServer server = RunningServers.started(shared.getBean(NettySocketServers.class),
				RunningServers.upperSpec("gateway")
					.port(0)
					.listener("local", (local) -> local.domainSocket((unix) -> unix.path("" + run.resolve("socket"))))
					.build());
		open(shared, "local.server.port", "/actuator/socketui");
		this.browser.showsThePage();
		// With the file: the listener might make it again in between.
		Files.move(run, directory.resolve("gone"));
		await().until(() -> server.failure() != null);

		await().untilAsserted(() -> assertThat(this.browser.texts("#attention li"))
			.anyMatch((each) -> each.contains("gateway cannot accept connections by its listener local: ")));
		Files.createDirectory(run);
		await().untilAsserted(() -> assertThat(this.browser.texts("#attention li"))
			.noneMatch((each) -> each.contains("by its listener local")));
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void oneOfSeveralListenersIsPausedInTheDetailsOfAServer() throws Exception {
		try (TestPeer peer = peer(shared)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			SocketServer server = RunningServers.started(shared.getBean(NettySocketServers.class),
					RunningServers.upperSpec("gateway").port(0).listener("extra", (extra) -> extra.port(0)).build());
			open(shared, "local.server.port", "/actuator/socketui#server=gateway");
			this.browser.showsThePage();
			this.browser.shows(LISTENER + " [data-cell=state]", "LISTENING");

			this.browser.click(LISTENER + " [data-action=pause]");
			this.browser.shows(LISTENER + " [data-cell=state]", "PAUSED");
			assertThat(server.listeners()).extracting(ListenerStatus::state)
				.containsExactly(ListenerState.LISTENING, ListenerState.PAUSED);
			this.browser.click(LISTENER + " [data-action=resume]");
			this.browser.shows(LISTENER + " [data-cell=state]", "LISTENING");
			int extra = server.listeners().get(1).port();
			try (TestPeer main = TestPeer.connect(server.localAddress());
					TestPeer other = TestPeer.connect(new InetSocketAddress("127.0.0.1", extra))) {
				assertThat(main.ask("x")).isEqualTo("X");
				assertThat(other.ask("x")).isEqualTo("X");
				this.browser.shows(LISTENER + " [data-cell=sessions]", "1");
				this.browser.click(LISTENER + " [data-cell=sessions] a");
				this.browser.shows("#sessions [data-cell=peer]", "127.0.0.1:" + other.port());
				assertThat(this.browser.find("#filter-listener").getDomProperty("value")).isEqualTo("extra");
				this.browser.click("#filter-clear");
			}
			this.browser.click("tr[data-server=upper] [data-cell=name]");
			this.browser.shows("#panel-title", "Server upper");
			assertThat(this.browser.isShown("#listeners")).isFalse();
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void findsThoseThatEndedForAReasonBeyondTheFirstPage() throws Exception {
		NettySocketServers servers = shared.getBean(NettySocketServers.class);
		for (int i = 0; i < 6; i++) {
			SocketServer server = RunningServers.started(servers,
					RunningServers.upperSpec("server-" + i).address("127.0.0.1").build());
			for (int j = 0; j < 100; j++) {
				TestPeer.connect(server.localAddress()).close();
			}
			await().until(() -> server.statistics().opened() == 100 && server.statistics().active() == 0);
		}
		try (TestPeer peer = peer(shared)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			upper(shared).sessions().forEach(SocketSession::close);
			assertThat(peer.read()).isNull();
		}
		await().until(() -> upper(shared).statistics().active() == 0);
		open(shared, "local.server.port", "/actuator/socketui#sessions-state=ended&sessions-reason=HANDLER_CLOSED");
		this.browser.shows("#sessions [data-cell=state]", "HANDLER_CLOSED");
		this.browser.shows("#place", "Page 1, 1 of 1");

		// In an order, only one page is looked at.
		this.browser.choose("#sort", "most bytes first");
		this.browser.shows("#place", "Page 1, 1 of 1, among 500 of 601 that have ended");
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void wordsLeadToTheDocumentationWhereItIsKnown() throws Exception {
		try (TestPeer peer = peer(shared)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			upper(shared).pause();
			open(shared, "local.server.port", "/actuator/socketui");
			this.browser.shows("#attention a[target=_blank]", "See lifecycle.md in the documentation.");
			assertThat(this.browser.find("#attention a[target=_blank]").getDomAttribute("href"))
				.isEqualTo("https://docs.example.com/1.2/lifecycle.html");
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void offersNothingThatEndpointsDoNotExposeOrRefuse() throws Exception {
		try (ConfigurableApplicationContext application = start(WebApplicationType.SERVLET,
				"management.endpoints.web.exposure.include=socketui,socketservers,socketsessions",
				"management.endpoint.socketservers.access=read-only"); TestPeer peer = peer(application)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			open(application, "local.server.port", "/actuator/socketui");
			this.browser.showsThePage();
			this.browser.shows(STATE, "RUNNING");
			this.browser.shows(SESSION + " [data-cell=server]", "upper");
			assertThat(this.browser.texts("nav a")).filteredOn((link) -> !link.isEmpty())
				.containsExactly("Servers", "Sessions");
			assertThat(this.browser.all("#servers tbody [data-action]")).isEmpty();
			assertThat(this.browser.texts(SESSION + " [data-action]")).containsExactly("Pause", "⋯");
			this.browser.click(SESSION + " [data-cell=id]");
			this.browser.shows("#panel-title", "Session upper-1");
			this.browser.shows("#send", "Send");
			assertThat(this.browser.isShown("#eval")).isFalse();
			this.browser.click("tr[data-server=upper] [data-cell=name]");
			this.browser.shows("#panel-title", "Server upper");
			this.browser.shows("#server-facts dd:first-of-type", "RUNNING");
			assertThat(this.browser.isShown("#server-settings")).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "token", "cookie", "none" })
	void operatorsChangeWhatTheyWantBehindSecurity(String csrf) throws Exception {
		try (ConfigurableApplicationContext application = secured(csrf); TestPeer peer = peer(application)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			logIn(application, "operator");
			this.browser.click(PAUSE);
			this.browser.shows(STATE, "PAUSED");

			closeSession();
			this.browser.click("#confirm-yes");
			assertThat(peer.read()).isNull();
			this.browser.shows("#done", "close session upper-1: done.");
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void visitorsAreOfferedNothingThatSecurityRefuses() throws Exception {
		try (ConfigurableApplicationContext application = secured("token"); TestPeer peer = peer(application)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			logIn(application, "visitor");
			this.browser.shows(SESSION + " [data-cell=server]", "upper");

			assertThat(this.browser.all("tbody [data-action]")).isEmpty();
			this.browser.choose("#filter-server", "upper");
			this.browser.click(SESSION + " [data-cell=id]");
			this.browser.shows("#panel-title", "Session upper-1");
			assertThat(this.browser.all("#close-all, #send, #ask, #start-tap")).noneMatch((each) -> each.isDisplayed());

			// Whoever logs out elsewhere is told so.
			this.browser.forgetCookies();
			this.browser.shows("#connection", "The application asks for a login: load this page again. Trying again…");
		}
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.7, 192.0.2.7", "2001:db8::7, 2001:db8::/64", "::7, ::/64" })
	void bansAnAddressAndEndsThat(String address, String banned) throws Exception {
		assertBans(shared, address, banned);
	}

	@Test
	void bansAnAddressAndEndsThatUnderWebFlux() throws Exception {
		try (ConfigurableApplicationContext application = start(WebApplicationType.REACTIVE,
				"management.endpoints.web.exposure.include=socketui,socketservers,socketbans")) {
			assertBans(application, "2001:db8::7", "2001:db8::/64");
			application.getBean(NettySocketServers.class).remove("upper");
			assertBans(application, "::7", "::/64");
		}
	}

	private void assertBans(ConfigurableApplicationContext application, String address, String banned)
			throws Exception {
		try (TestPeer peer = peer(application)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			open(application, "local.server.port", "/actuator/socketui");
			this.browser.showsThePage();
			this.browser.shows("#no-bans", "No address is banned.");
			this.browser.click("#ban");
			this.browser.find("#confirm [name=address]").sendKeys(address);
			this.browser.find("#confirm [name=for]").sendKeys("90m");
			this.browser.click("#confirm-yes");

			this.browser.shows("#done", "ban: " + banned + " is banned.");
			this.browser.shows("#bans [data-cell=address]", banned);
			this.browser.shows("#bans [data-cell=reason]", "OPERATOR");
			this.browser.click("#bans [data-action=end]");
			this.browser.click("#confirm-yes");
			this.browser.shows("#done", "end ban of " + banned + ": done.");
			this.browser.shows("#no-bans", "No address is banned.");
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void aTableIsOneFileMore() throws Exception {
		try (ConfigurableApplicationContext application = start(WebApplicationType.SERVLET,
				List.of(LampsEndpoint.class), "management.endpoints.web.exposure.include=socketui,lamps")) {
			open(application, "local.server.port", "/actuator/socketui#lamps-sort=-hours");
			this.browser.showsThePage();

			assertThat(this.browser.texts("nav a")).contains("Lamps");
			this.browser.shows("#lamps-title", "Lamps");
			await().untilAsserted(
					() -> assertThat(this.browser.texts("#lamps tbody tr")).containsExactly("hall 1200", "desk 7"));
			// No lamp has a note.
			assertThat(this.browser.texts("#lamps thead th")).containsExactly("Lamp", "Hours", "");
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	private void closeSession() {
		this.browser.click(SESSION + " [data-action=more]");
		this.browser.click("#menu [data-action=close]");
	}

	private void logIn(ConfigurableApplicationContext application, String user) {
		open(application, "local.server.port", "/actuator/socketui");
		this.browser.find("#username").sendKeys(user);
		this.browser.find("#password").sendKeys(user);
		this.browser.click("button[type=submit]");
		this.browser.showsThePage();
	}

	private void open(ConfigurableApplicationContext application, String port, String path) {
		this.browser.open("http://localhost:" + application.getEnvironment().getProperty(port) + path);
	}

	private static SocketServer upper(ConfigurableApplicationContext application) {
		return application.getBean(NettySocketServers.class).server("upper").orElseThrow();
	}

	private static TestPeer peer(ConfigurableApplicationContext application) throws Exception {
		return TestPeer.connect(
				RunningServers
					.started(application.getBean(NettySocketServers.class),
							RunningServers.upperSpec("upper").address("127.0.0.1").build())
					.localAddress());
	}

	private static ConfigurableApplicationContext secured(String csrf) {
		return start(WebApplicationType.SERVLET, List.of(Security.class), "spring.autoconfigure.exclude=",
				"csrf=" + csrf);
	}

	private static ConfigurableApplicationContext start(WebApplicationType stack, String... properties) {
		return start(stack, List.of(), properties);
	}

	private static ConfigurableApplicationContext start(WebApplicationType stack, List<Class<?>> more,
			String... properties) {
		return new SpringApplicationBuilder(ActuatorApplication.class, SocketUiWebTests.OneReactiveServer.class)
			.sources(more.toArray(Class<?>[]::new))
			.web(stack)
			.properties("server.port=0", "server.address=127.0.0.1",
					"management.endpoints.web.exposure.include=socketui,socketservers,socketsessions,socketclients")
			.run(Stream.of(properties)
				.filter((property) -> !property.isEmpty())
				.map((property) -> "--" + property)
				.toArray(String[]::new));
	}

	@Endpoint(id = "lamps")
	static class LampsEndpoint {

		@ReadOperation
		Map<String, Object> lamps() {
			return Map.of("lamps", List.of(Map.of("name", "desk", "hours", 7), Map.of("name", "hall", "hours", 1200)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Users.PlainPasswords.class)
	static class Security {

		@Bean
		SecurityFilterChain everything(HttpSecurity http, Environment environment) throws Exception {
			String csrf = environment.getRequiredProperty("csrf");
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.GET)
					.authenticated()
					.anyRequest()
					.hasRole("OPERATOR"))
				.formLogin(Customizer.withDefaults())
				.csrf((configurer) -> configure(configurer, csrf))
				.build();
		}

		private static void configure(CsrfConfigurer<HttpSecurity> configurer, String csrf) {
			if (csrf.equals("cookie")) {
				configurer.spa();
			}
			else if (csrf.equals("none")) {
				configurer.disable();
			}
		}

		@Bean
		UserDetailsService users() {
			return Users.of(Users.user("visitor"), Users.user("operator"));
		}

	}

}
