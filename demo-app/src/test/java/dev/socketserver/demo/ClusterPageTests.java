package dev.socketserver.demo;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.browser.Browser;
import dev.socketserver.fixtures.browser.Browsers;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes of the demo with the profile {@code cluster}: what operators see of both, on
 * the page and in a console.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterPageTests {

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	private final List<SocketTestClient> devices = new ArrayList<>();

	private RedisServer redis;

	private ConfigurableApplicationContext a;

	private ConfigurableApplicationContext b;

	private Browser browser;

	@BeforeAll
	void start() throws IOException {
		this.redis = RedisServer.open();
		this.a = node("a", this.redis.port());
		this.b = node("b", this.redis.port());
	}

	private static ConfigurableApplicationContext node(String name, int redis) {
		// Else a node that stands still for a moment would be missing.
		return SpringApplication.run(DemoApplication.class, "--spring.profiles.active=cluster",
				"--socket.cluster.enabled=true", "--management.health.redis.enabled=true", "--server.port=0",
				"--spring.data.redis.port=" + redis, "--socket.cluster.node=" + name, "--socket.servers.devices.port=0",
				"--socket.repl.eval-over-actuator=true", "--socket.clients.meter.start.auto=false",
				"--socket.cluster.request-timeout=1h");
	}

	@AfterAll
	void stop() {
		for (ConfigurableApplicationContext node : new ConfigurableApplicationContext[] { this.a, this.b }) {
			if (node != null) {
				node.close();
			}
		}
		if (this.redis != null) {
			this.redis.close();
		}
	}

	@BeforeEach
	void openPage() {
		this.browser = this.browsers.browser();
		this.browser.open(
				"http://localhost:" + this.a.getEnvironment().getProperty("local.server.port") + "/actuator/socketui");
		this.browser.showsThePage();
	}

	@AfterEach
	void leave() {
		this.devices.forEach(SocketTestClient::close);
		this.devices.clear();
		eventually(() -> {
			assertThat(devices(this.a).statistics().active() + devices(this.b).statistics().active()).isZero();
			assertThat(this.browser.texts("#nodes [data-cell=sessions]")).containsExactly("0", "0");
		});
		assertThat(this.browser.errors()).isEmpty();
		this.browser.open("about:blank");
	}

	private static SocketServer devices(ConfigurableApplicationContext node) {
		return node.getBean(SocketServers.class).server("devices").orElseThrow();
	}

	/** Connects a device, and returns the id of its session. */
	private String connect(ConfigurableApplicationContext node, String number) {
		SocketTestClient device = SocketTestClient.connect(devices(node));
		this.devices.add(device);
		device.send(number).expect("hello " + number);
		return devices(node).find("device", number).get(0).id() + "@" + ((node == this.a) ? "a" : "b");
	}

	@Test
	void showsTheNodesAndTheSessionsOfAll() {
		String first = connect(this.a, "1");
		String second = connect(this.b, "2");

		eventually(
				() -> assertThat(this.browser.texts("#nodes [data-cell=name]")).containsExactly("a (this one)", "b"));
		eventually(() -> assertThat(this.browser.texts("#nodes [data-cell=sessions]")).containsExactly("1", "1"));
		assertThat(this.browser.texts("#nodes [data-cell=state]")).containsExactly("UP", "UP");
		eventually(() -> assertThat(this.browser.text("#directory")).startsWith("Directory UP for "));
		shows(first.replace("@a", ""));
		this.browser.click("#scope");
		shows(first, second);
		assertThat(this.browser.isShown("#missing")).isFalse();

		// What is done to a session of another node is done there.
		this.browser.click("tr[data-session='" + second + "'] [data-cell=id]");
		this.browser.shows("#panel-title", "Session " + second);
		this.browser.shows("#send", "Send");
		this.browser.find("#payload").sendKeys("open the door");
		this.browser.click("#send");
		this.devices.get(1).expect("open the door");
		this.browser.find("#payload").clear();
		this.browser.find("#payload").sendKeys("6 * 7");
		this.browser.run(SessionsPageTests.LIMITS);
		this.browser.click("#eval");
		this.browser.shows("#said", "values: [\"42\"]");
		// Longer than the application takes until it gives up.
		assertThat(this.browser.run("return Math.max(...window.limits)")).isEqualTo(20_000L);
		this.browser.click("tr[data-session='" + second + "'] [data-action=pause]");
		this.browser.shows("tr[data-session='" + second + "'] [data-cell=state]", "PAUSED");
		assertThat(devices(this.b).find("device", "2")).allMatch((session) -> session.info().readsPaused());
		this.browser.click("tr[data-session='" + second + "'] [data-action=resume]");
		this.browser.shows("tr[data-session='" + second + "'] [data-cell=state]", "OPEN");
	}

	@Test
	void showsWhatASessionOfAnotherNodeReceivesAndSends() {
		String id = connect(this.b, "2");
		this.browser.click("#scope");
		shows(id);
		this.browser.click("tr[data-session='" + id + "'] [data-action=tap]");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.text("#taps [data-cell=id]")).matches("tap-\\d+@b"));

		this.devices.get(0).send("closer");
		eventually(() -> assertThat(this.browser.texts("#tap-text code")).contains("\"closer\\n\""));
		this.browser.shows("#taps [data-cell=sessions]", "1");
		eventually(() -> assertThat(this.browser.text("#taps [data-cell=bytes]")).matches("[1-9]\\d* B"));
		assertThat(this.browser.run("return fetch(document.querySelector('#taps [data-link=pcap]').href)"
				+ ".then((response) => response.headers.get('Content-Type'))"))
			.isEqualTo("application/vnd.tcpdump.pcap");

		this.browser.click("#taps [data-action=end]");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	@Test
	void tapOfAnotherNodeEnds() {
		String id = connect(this.b, "2");
		this.browser.click("#scope");
		shows(id);
		this.browser.click("tr[data-session='" + id + "'] [data-action=tap]");
		this.browser.find("#confirm [name=for]").sendKeys("100ms");
		this.browser.click("#confirm-yes");

		this.browser.shows("#taps [data-cell=state]", "ENDED");
		assertThat(this.browser.text("#taps [data-cell=ends]")).startsWith("ended at ");
		eventually(() -> assertThat(this.browser.text("#tap-facts")).contains("ended at "));
		this.browser.click("#taps [data-action=end]");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	@Test
	void closesSessionsOfAllNodes() {
		String first = connect(this.a, "1");
		String second = connect(this.b, "2");
		this.browser.click("#scope");
		shows(first, second);

		this.browser.choose("#filter-server", "devices");
		this.browser.click("#close-all");
		this.browser.shows("#confirm-text", "Close 2 open sessions with server devices, of all nodes?");
		this.browser.click("#confirm-yes");

		this.devices.forEach(SocketTestClient::expectClosed);
		this.browser.shows("#done", "close sessions with server devices, of all nodes: 2 sessions closed.");
		this.browser.choose("#filter-state", "ended");
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).contains(first, second));
	}

	@Test
	void rebalances() {
		for (int i = 0; i < 4; i++) {
			connect(this.a, "" + i);
		}
		eventually(() -> assertThat(this.browser.texts("#nodes [data-cell=sessions]")).containsExactly("4", "0"));

		this.browser.click("#rebalance");
		this.browser.find("#confirm [name=over]").clear();
		this.browser.find("#confirm [name=over]").sendKeys("10ms");
		this.browser.click("#confirm-yes");

		this.browser.shows("#done", "rebalance: 1 session will close.");
		this.devices.get(0).expectClosed();
		eventually(() -> assertThat(this.browser.texts("#nodes [data-cell=sessions]")).containsExactly("3", "0"));
	}

	@Test
	void consolesListTheSessionsOfAllNodes() throws IOException {
		String first = connect(this.a, "1");
		String second = connect(this.b, "2");
		SocketServer console = this.a.getBean(SocketServers.class).server("console").orElseThrow();

		assertThat(typed(console, ":nodes\n:quit\n")).contains("a  UP  sessions ", "b  UP  sessions ", "  this one");
		assertThat(typed(console, ":sessions cluster server=devices\n:quit\n")).contains(first + "  127.0.0.1:",
				second + "  127.0.0.1:", "  OPEN  since ");
		assertThat(typed(console, ":sessions cluster server=devices size=1\n:quit\n"))
			.contains(first + "  ", "1 of 2; page= and after= show others")
			.doesNotContain(second);
		assertThat(typed(console, ":sessions cluster remote=moon\n:quit\n")).contains("remote is 'moon'");
		assertThat(typed(console, ":sessions cluster colour=red\n:quit\n")).contains("There is no parameter colour");
	}

	private static String typed(SocketServer console, String text) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", Objects.requireNonNull(console.localAddress()).getPort())) {
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private void shows(String... ids) {
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactly(ids));
	}

}
