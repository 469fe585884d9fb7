package dev.socketserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.browser.Browser;
import dev.socketserver.browser.Browsers;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page at {@code /}, clicked through in a real browser. What a click did is looked at
 * over the socket.
 */
@DemoTest
class DashboardTests {

	private static final int LARGEST_PICTURE = 200 * 1024;

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	@LocalServerPort
	private int http;

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketClients clients;

	private Browser browser;

	@BeforeEach
	void openPage() {
		this.browser = this.browsers.browser();
		this.browser.theme("light");
		this.browser.open("http://localhost:" + this.http + "/");
		this.browser.shows("#connection", "Connected");
	}

	@AfterEach
	void startAllServersAgain() {
		for (SocketServer server : this.servers) {
			if (server.state() == ServerState.PAUSED) {
				server.resume();
			}
			if (server.state() != ServerState.RUNNING) {
				eventually(() -> assertThat(server.state()).isEqualTo(ServerState.STOPPED));
				server.start();
			}
		}
	}

	@AfterEach
	void thePageHasMadeNoMistake() {
		if (this.browser != null) {
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	@Test
	void listsTheServers(@LocalSocketPort("upper") int port) {
		assertThat(this.browser.texts("#servers [data-cell=name]")).containsExactly("upper", "talk", "chat", "frames",
				"console");
		assertThat(this.browser.texts("#servers [data-cell=state]")).containsOnly("RUNNING");
		assertThat(this.browser.texts("#servers [data-cell=health]")).containsOnly("UP");
		this.browser.shows(cell("upper", "address"), "127.0.0.1:" + port);
	}

	@Test
	void serversComeAndGoAndTellWhyTheyRefuse() {
		SocketServer server = this.servers.register(ServerSpec.builder("passing")
			.handler(ServerHandler.function("passing", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text))
			.framing(Framing.line())
			.maxSessions(1)
			.build());
		try {
			server.start();
			this.browser.shows(cell("passing", "state"), "RUNNING");
			try (SocketTestClient first = SocketTestClient.connect(server)) {
				first.send("there").expect("there");
				isRefused(server);

				this.browser.click(cell("passing", "name"));
				this.browser.shows("#server-title", "Server passing");
				this.browser.shows("#rejected tbody tr", "LIMIT_SESSIONS 1");
				this.browser.shows("#closed tbody tr", "none");
				this.browser.shows(cell("passing", "active"), "1");

				first.endOutput();
				this.browser.shows("#closed tbody tr", "PEER_CLOSED 1");
				this.browser.shows(cell("passing", "active"), "0");
			}
		}
		finally {
			this.servers.remove("passing");
		}

		this.browser.hides("tr[data-server=passing]");
		this.browser.hides("#server");
	}

	@Test
	void ratesAreThoseOfNow(@SocketConnection("upper") SocketTestClient client) {
		eventually(() -> {
			client.send("ten bytes").expect("TEN BYTES");
			assertThat(this.browser.find(cell("upper", "received")).getText()).matches("[1-9].*/s · .*[1-9].* k?B/s");
			assertThat(this.browser.find(cell("upper", "sent")).getText()).matches("[1-9].*/s · .*[1-9].* k?B/s");
		});
		this.browser.shows(cell("upper", "received"), "0/s · 0 B/s");
	}

	@Test
	void showsASessionAsItIsNow(@SocketConnection("chat") SocketTestClient client) {
		String id = idOf("chat", client);
		this.browser.shows(sessionCell(id, "state"), "OPEN");
		this.browser.shows(sessionCell(id, "server"), "chat");
		this.browser.shows(sessionCell(id, "peer"), "127.0.0.1:" + client.localAddress().getPort());

		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#session-title", "Session " + id);
		this.browser.shows("#attributes tbody tr", "none");
		client.send("/name Ann");

		this.browser.shows("#attributes tbody tr", "name Ann");
		eventually(() -> assertThat(this.browser.texts("#details tbody tr")).contains("name Ann"));
		assertThat(fact("Peer")).isEqualTo("127.0.0.1:" + client.localAddress().getPort());
		assertThat(fact("Messages")).startsWith("1 received");
		this.browser.shows(sessionCell(id, "received"), "1");

		client.endOutput();

		this.browser.hides("tr[data-session=" + id + "]");
		eventually(() -> assertThat(this.browser.find("#session-gone").isDisplayed()).isTrue());
		this.browser.shows("#attributes tbody tr", "name Ann");
		eventually(() -> assertThat(fact("Reason")).isEqualTo("PEER_CLOSED"));

		this.browser.choose("#filter-state", "ended");
		this.browser.shows(sessionCell(id, "state"), "PEER_CLOSED");
		assertThat(this.browser.all("tr[data-session=" + id + "] [data-action]"))
			.allMatch((button) -> !button.isEnabled());
		this.browser.choose("#filter-state", "open, all");
		this.browser.hides("tr[data-session=" + id + "]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "<img src=x onerror=\"document.title='taken'\">",
			"<script>document.title='taken'</script>", "&lt;b&gt; \"'><svg onload=\"document.title='taken'\">" })
	void whatAPeerSaysIsText(String name, @SocketConnection("chat") SocketTestClient client) {
		String id = idOf("chat", client);
		session(id).attributes().put(name, "by name");
		this.browser.click(sessionCell(id, "id"));
		client.send("/name " + name);

		eventually(() -> assertThat(this.browser.texts("#details td")).contains(name));
		eventually(() -> assertThat(this.browser.texts("#attributes td")).containsExactlyInAnyOrder("name", name, name,
				"by name"));

		assertThat(this.browser.all("#session img, #session svg, #session script, #session b")).isEmpty();
		assertThat(this.browser.title()).isEqualTo("Socket servers");
	}

	@ParameterizedTest
	@ValueSource(strings = { "document.getElementById('done').innerHTML = '<img src=x>'",
			"document.getElementById('done').setAttribute('onclick', 'close()')",
			"document.createElement('script').textContent = 'close()'" })
	void thePolicyRefusesMarkupAndScripts(String script) {
		assertThat(this.browser.run("try { " + script + "; return 'done'; } catch (error) { return error.name; }"))
			.isEqualTo("TypeError");
		assertThat(this.browser.errors()).isNotEmpty();
	}

	@Test
	void thePolicyRefusesWhatIsElsewhere() {
		assertThat(this.browser.run("""
				return new Promise((resolve) => {
					document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
					document.body.append(Object.assign(new Image(), { src: 'http://elsewhere.example/picture.png' }));
				});
				""")).isEqualTo("img-src");
		assertThat(this.browser.errors()).isNotEmpty();
	}

	@Test
	void closesASession(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		String button = sessionButton(id, "close");
		this.browser.click(button);
		this.browser.shows("#confirm-text", "Close session " + id + "?");
		this.browser.click("#confirm-no");
		this.browser.hides("#confirm");
		client.send("still here").expect("STILL HERE");

		this.browser.click(button);
		this.browser.click("#confirm-yes");

		client.expectClosed();
		this.browser.shows("#done", "close session " + id + ": done.");
		this.browser.hides("tr[data-session=" + id + "]");
		this.browser.click(cell("upper", "name"));
		eventually(() -> assertThat(this.browser.texts("#closed tbody tr"))
			.anyMatch((row) -> row.matches("OPERATOR_CLOSED [1-9]\\d*")));
	}

	@Test
	void pausesASessionAndResumesIt(@SocketConnection("upper") SocketTestClient client,
			@SocketConnection("upper") SocketTestClient other) {
		client.send("before").expect("BEFORE");
		String id = idOf("upper", client);
		this.browser.click(sessionButton(id, "pause"));
		this.browser.shows(sessionCell(id, "state"), "PAUSED");
		this.browser.shows("#done", "pause session " + id + ": done.");

		client.send("held");
		other.send("not held").expect("NOT HELD");
		assertThat(session(id).info().messagesSent()).isEqualTo(1);

		this.browser.click(sessionButton(id, "resume"));
		client.expect("HELD");
		this.browser.shows(sessionCell(id, "state"), "OPEN");
	}

	@Test
	void pausesAServerAndResumesIt(@SocketConnection("talk") SocketTestClient before) {
		this.browser.click(button("talk", "pause"));
		this.browser.shows(cell("talk", "state"), "PAUSED");
		this.browser.shows(cell("talk", "health"), "OUT_OF_SERVICE");
		this.browser.shows("#done", "pause server talk: it is PAUSED.");

		SocketServer talk = this.servers.server("talk").orElseThrow();
		long accepted = talk.statistics().accepted();
		try (SocketTestClient late = SocketTestClient.connect(talk)) {
			late.sendRaw("late\n");
			before.sendRaw("early\n").expectBytes("You sent: 'early'\n");
			assertThat(talk.statistics().accepted()).isEqualTo(accepted);

			this.browser.click(button("talk", "resume"));
			late.expectBytes("You sent: 'late'\n");
		}
		this.browser.shows(cell("talk", "state"), "RUNNING");
		this.browser.shows(cell("talk", "health"), "UP");
	}

	@Test
	void stopsAServerAndStartsIt(@SocketConnection("frames") SocketTestClient client,
			@LocalSocketPort("frames") int port) {
		client.send("before").expect("before");
		this.browser.click(button("frames", "stop"));
		assertThat(this.browser.find("#confirm-text").getText()).startsWith("Stop server frames, and end its ");
		this.browser.click("#confirm-yes");

		client.expectClosed();
		this.browser.shows(cell("frames", "state"), "STOPPED");
		this.browser.shows(cell("frames", "health"), "UNKNOWN");
		this.browser.shows(cell("frames", "address"), "–");
		SocketTestClient.expectRefused(port);
		assertThat(this.browser.find(button("frames", "stop")).isEnabled()).isFalse();

		this.browser.click(button("frames", "start"));

		this.browser.shows(cell("frames", "state"), "RUNNING");
		SocketServer frames = this.servers.server("frames").orElseThrow();
		try (SocketTestClient again = SocketTestClient.connect(frames)) {
			again.send("again").expect("again");
		}
	}

	@Test
	void listsTheClients() {
		assertThat(this.browser.texts("#clients [data-cell=name]")).containsExactly("meter");
		this.browser.shows(clientCell("meter", "state"), "STOPPED");
		this.browser.shows(clientCell("meter", "health"), "UNKNOWN");
		assertThat(this.browser.texts("tr[data-client=meter] button:enabled")).containsExactly("Start");
	}

	@Test
	void startsAClientDisconnectsItReconnectsItAndStopsIt() {
		SocketServer frames = this.servers.server("frames").orElseThrow();
		SocketClient meter = this.clients.client("meter").orElseThrow();
		try {
			this.browser.click(clientButton("meter", "start"));
			this.browser.shows(clientCell("meter", "state"), "CONNECTED");
			this.browser.shows(clientCell("meter", "health"), "UP");
			this.browser.shows(clientCell("meter", "server"), "127.0.0.1:" + frames.localAddress().getPort());
			eventually(() -> assertThat(this.browser.find(clientCell("meter", "received")).getText())
				.matches("(?!0/s).*/s · .*[1-9].* B/s"));
			assertThat(frames.sessions()).hasSize(1);

			this.browser.click(clientButton("meter", "disconnect"));
			this.browser.shows(clientCell("meter", "state"), "SUSPENDED");
			this.browser.shows(clientCell("meter", "health"), "OUT_OF_SERVICE");
			eventually(() -> assertThat(frames.sessions()).isEmpty());
			eventually(() -> assertThat(this.browser.find(clientCell("meter", "waiting")).getText())
				.matches("[1-9]\\d*, [1-9].* B"));
			assertThat(this.browser.find(clientButton("meter", "disconnect")).isEnabled()).isFalse();

			this.browser.click(clientButton("meter", "reconnect"));
			this.browser.shows(clientCell("meter", "state"), "CONNECTED");
			this.browser.shows(clientCell("meter", "waiting"), "0, 0 B");
			eventually(() -> assertThat(frames.sessions()).hasSize(1));

			this.browser.click(clientButton("meter", "stop"));
			assertThat(this.browser.find("#confirm-text").getText()).startsWith("Stop client meter?");
			this.browser.click("#confirm-no");
			this.browser.hides("#confirm");
			assertThat(meter.state()).isEqualTo(ClientState.CONNECTED);
			this.browser.click(clientButton("meter", "stop"));
			this.browser.click("#confirm-yes");
			this.browser.shows(clientCell("meter", "state"), "STOPPED");
			eventually(() -> assertThat(frames.sessions()).isEmpty());
		}
		finally {
			meter.stop().join();
		}
	}

	@Test
	void clientsComeAndGoAndTellWhyTheyCannotConnect() throws IOException {
		try (Socket taken = new Socket()) {
			// Nobody listens there, and nobody else can.
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketClient client = this.clients
				.register(ClientSpec.builder("passing").port(taken.getLocalPort()).framing(Framing.line()).build());
			try {
				client.start();
				eventually(() -> assertThat(this.browser.find(clientCell("passing", "attempts")).getText())
					.matches("[1-9]\\d*, [1-9]\\d* REFUSED"));
				this.browser.shows(clientCell("passing", "health"), "DOWN");
				eventually(() -> assertThat(this.browser.find(clientCell("passing", "state")).getDomAttribute("title"))
					.contains(String.valueOf(taken.getLocalPort())));
			}
			finally {
				this.clients.remove("passing");
			}
		}
		this.browser.hides("tr[data-client=passing]");
	}

	@Test
	void drainsAServer(@SocketConnection("upper") SocketTestClient client, @LocalSocketPort("upper") int port) {
		client.send("before").expect("BEFORE");
		this.browser.click(button("upper", "drain"));
		assertThat(this.browser.find("#confirm-text").getText()).startsWith("Drain server upper?");
		this.browser.click("#confirm-yes");

		this.browser.shows(cell("upper", "state"), "DRAINING");
		eventually(() -> SocketTestClient.expectRefused(port));
		client.send("may go on").expect("MAY GO ON");

		client.close();
		this.browser.shows(cell("upper", "state"), "STOPPED");
	}

	@Test
	void tellsWhyAnActionIsRefused() {
		this.browser.click("#live");
		this.browser.shows("#connection", "Held, not live");
		SocketServer frames = this.servers.server("frames").orElseThrow();
		frames.stop();
		assertThat(this.browser.find(cell("frames", "state")).getText()).isEqualTo("RUNNING");

		this.browser.click(button("frames", "pause"));

		this.browser.shows("#problem-text",
				"pause server frames: Server 'frames' is STOPPED: only a running server can be paused");
		// What it shows was too old, as is clear now.
		this.browser.shows(cell("frames", "state"), "STOPPED");
		this.browser.click("#problem-dismiss");
		this.browser.hides("#problem");
		frames.start();
		this.browser.click("#live");
		this.browser.shows(cell("frames", "state"), "RUNNING");
	}

	@Test
	void turnsPagesWhileSessionsEnd() {
		SocketServer upper = this.servers.server("upper").orElseThrow();
		this.browser.choose("#filter-server", "upper");
		this.browser.choose("#size", "10");
		eventually(() -> assertThat(upper.sessions()).isEmpty());
		List<SocketTestClient> clients = new ArrayList<>();
		try {
			List<String> ids = new ArrayList<>();
			for (int i = 0; i < 25; i++) {
				clients.add(SocketTestClient.connect(upper));
				ids.add(idOf("upper", clients.get(i)));
			}
			showsSessions(ids.subList(0, 10));
			this.browser.click("#next");
			showsSessions(ids.subList(10, 20));

			IntStream.of(3, 9, 12).forEach((i) -> clients.get(i).close());
			List<String> second = new ArrayList<>(ids.subList(10, 21));
			second.remove(ids.get(12));
			showsSessions(second);
			this.browser.click("#next");
			showsSessions(ids.subList(21, 25));
			assertThat(this.browser.find("#next").isEnabled()).isFalse();
			this.browser.click("#previous");
			showsSessions(second);
			this.browser.click("#first");
			showsSessions(Stream.of(0, 1, 2, 4, 5, 6, 7, 8, 10, 11).map(ids::get).toList());
		}
		finally {
			clients.forEach(SocketTestClient::close);
		}
		eventually(() -> assertThat(this.browser.find("#no-sessions").isDisplayed()).isTrue());
	}

	@Test
	void isUsedWithTheKeyboardAlone() {
		for (WebElement control : this.browser.all("button, input, select")) {
			if (control.isDisplayed()) {
				assertThat(control.getAccessibleName()).as(control.getDomProperty("outerHTML")).isNotBlank();
			}
		}

		this.browser.tabTo("Pause server chat");
		this.browser.press(Keys.ENTER);
		this.browser.shows(cell("chat", "state"), "PAUSED");
		// The button that cannot be used any more has handed the focus to its neighbour.
		eventually(() -> assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Resume server chat"));
		this.browser.press(Keys.SPACE);
		this.browser.shows(cell("chat", "state"), "RUNNING");

		this.browser.tabTo("Stop server chat");
		this.browser.press(Keys.ENTER);
		eventually(() -> assertThat(this.browser.find("#confirm").isDisplayed()).isTrue());
		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#confirm");
		eventually(() -> assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Stop server chat"));
		assertThat(this.servers.server("chat").orElseThrow().state()).isEqualTo(ServerState.RUNNING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void canBeRead(String theme, @SocketConnection("chat") SocketTestClient client) {
		this.browser.theme(theme);
		String id = idOf("chat", client);
		client.send("/name Ann");
		this.servers.server("frames").orElseThrow().stop();
		this.servers.server("talk").orElseThrow().pause();
		this.browser.click(cell("chat", "name"));
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#attributes tbody tr", "name Ann");
		this.browser.shows(cell("frames", "state"), "STOPPED");
		this.browser.shows(cell("talk", "state"), "PAUSED");

		// WCAG 2.1, contrast of at least 4.5 (AA), of each element with text of its own.
		Object found = this.browser
			.run("""
					const parse = (color) => color.match(/[\\d.]+/g).map(Number);
					const luminance = (rgb) => {
						const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045) ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
						return 0.2126 * r + 0.7152 * g + 0.0722 * b;
					};
					const ground = (element) => {
						for (let e = element; e; e = e.parentElement) {
							const color = parse(getComputedStyle(e).backgroundColor);
							if (color[3] !== 0) {
								return color;
							}
						}
						return [255, 255, 255];
					};
					const poor = [];
					let looked = 0;
					for (const element of document.querySelectorAll('body *')) {
						const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
						if (!own || element.disabled || !element.checkVisibility() || element.tagName === 'OPTION') {
							continue;
						}
						looked++;
						const text = luminance(parse(getComputedStyle(element).color).slice(0, 3));
						const behind = luminance(ground(element).slice(0, 3));
						const contrast = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
						if (contrast < 4.5) {
							poor.push(element.outerHTML + ' ' + contrast);
						}
					}
					return [looked, getComputedStyle(document.body).backgroundColor, ...poor];
					""");

		assertThat(found).asInstanceOf(InstanceOfAssertFactories.LIST)
			.hasSize(2)
			.last()
			.isEqualTo(theme.equals("dark") ? "rgb(20, 24, 28)" : "rgb(255, 255, 255)");
		assertThat(((List<?>) found).get(0)).asInstanceOf(InstanceOfAssertFactories.LONG).isGreaterThan(80);
	}

	@Test
	void recoversFromTheLossOfTheApplication() {
		int port = Ports.free();
		try (ConfigurableApplicationContext application = start(port)) {
			this.browser.open("http://localhost:" + port + "/");
			this.browser.shows("#connection", "Connected");
			try (SocketTestClient client = SocketTestClient
				.connect(application.getBean(SocketServers.class).server("upper").orElseThrow())) {
				client.send("counted").expect("COUNTED");
				this.browser.shows(cell("upper", "active"), "1");
				this.browser
					.run("""
							const servers = document.getElementById('servers');
							window.negative = [];
							new MutationObserver(() => window.negative.push(...(servers.innerText.match(/-\\d\\S*/g) ?? [])))
								.observe(servers, { subtree: true, childList: true, characterData: true });
							""");
			}
		}

		this.browser.shows("#connection", "The application does not answer. Trying again…");
		this.browser.click(button("upper", "pause"));
		this.browser.shows("#problem-text", "pause server upper: The application does not answer.");

		try (ConfigurableApplicationContext application = start(port)) {
			this.browser.shows("#connection", "Connected");
			this.browser.shows(cell("upper", "active"), "0");
			// Counters have begun again from zero, which is no negative rate.
			this.browser.shows(cell("upper", "received"), "0/s · 0 B/s");
			assertThat(this.browser.run("return window.negative")).isEqualTo(List.of());
			this.browser.click(button("upper", "pause"));
			this.browser.shows(cell("upper", "state"), "PAUSED");
			assertThat(application.getBean(SocketServers.class).server("upper").orElseThrow().state())
				.isEqualTo(ServerState.PAUSED);
			this.browser.hides("#problem");
		}
		this.browser.open("about:blank");
	}

	private static ConfigurableApplicationContext start(int port) {
		return SpringApplication.run(DemoApplication.class, "--server.port=" + port, "--socket.servers.upper.port=0",
				"--socket.servers.talk.port=0", "--socket.servers.chat.port=0", "--socket.servers.frames.port=0",
				"--socket.servers.console.port=0");
	}

	@Test
	void looksAsInTheReadme(@SocketConnection("chat") SocketTestClient ann,
			@SocketConnection("chat") SocketTestClient ben, @SocketConnection("upper") SocketTestClient upper)
			throws IOException {
		ann.send("/name Ann");
		ben.send("/name Ben").send("Hello, Ann");
		upper.send("hello").expect("HELLO");
		this.servers.server("talk").orElseThrow().pause();
		SocketClient meter = this.clients.client("meter").orElseThrow();
		meter.start();
		try {
			picture(idOf("chat", ben));
		}
		finally {
			meter.stop().join();
		}
	}

	private void picture(String id) throws IOException {
		this.browser.shows(cell("talk", "state"), "PAUSED");
		this.browser.shows(clientCell("meter", "state"), "CONNECTED");
		this.browser.shows(sessionCell(id, "received"), "2");
		this.browser.click(cell("chat", "name"));
		this.browser.shows("#server-title", "Server chat");
		assertThat(Files.size(this.browser.screenshot("page.png"))).isLessThan(LARGEST_PICTURE);

		this.browser.click("#server-leave");
		this.browser.hides("#server");
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#attributes tbody tr", "name Ben");
		assertThat(Files.size(this.browser.screenshot("session.png"))).isLessThan(LARGEST_PICTURE);
	}

	/** Connects, and is cut off sooner or later. */
	private static void isRefused(SocketServer server) {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(30_000);
			socket.connect(server.localAddress());
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void showsSessions(List<String> ids) {
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).isEqualTo(ids));
	}

	private String fact(String name) {
		List<WebElement> terms = this.browser.all("#session-facts dt");
		for (WebElement term : terms) {
			if (term.getText().equals(name)) {
				return term.findElement(By.xpath("following-sibling::dd[1]")).getText();
			}
		}
		throw new AssertionError("No " + name + " in " + this.browser.texts("#session-facts dt"));
	}

	private String idOf(String server, SocketTestClient client) {
		List<SocketSession> found = new ArrayList<>();
		eventually(() -> {
			found.clear();
			this.servers.server(server)
				.orElseThrow()
				.sessions()
				.filter((session) -> session.remoteAddress().equals(client.localAddress()))
				.forEach(found::add);
			assertThat(found).hasSize(1);
		});
		return found.get(0).id();
	}

	private SocketSession session(String id) {
		return this.servers.session(id).orElseThrow();
	}

	private static String cell(String server, String name) {
		return "tr[data-server=" + server + "] [data-cell=" + name + "]";
	}

	private static String button(String server, String action) {
		return "tr[data-server=" + server + "] [data-action=" + action + "]";
	}

	private static String clientCell(String client, String name) {
		return "tr[data-client=" + client + "] [data-cell=" + name + "]";
	}

	private static String clientButton(String client, String action) {
		return "tr[data-client=" + client + "] [data-action=" + action + "]";
	}

	private static String sessionCell(String id, String name) {
		return "tr[data-session=" + id + "] [data-cell=" + name + "]";
	}

	private static String sessionButton(String id, String action) {
		return "tr[data-session=" + id + "] [data-action=" + action + "]";
	}

}
