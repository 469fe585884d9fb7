package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who uses the page for operators, and what may happen to it meanwhile.
 */
@Tag("long")
class PageForEverybodyTests extends AbstractPageTests {

	private static final int LARGEST_PICTURE = 256 * 1024;

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
	void isUsedWithTheKeyboardAlone() {
		for (WebElement control : this.browser.all("button, input, select")) {
			if (control.isDisplayed()) {
				assertThat(control.getAccessibleName()).as(control.getDomProperty("outerHTML")).isNotBlank();
			}
		}

		for (WebElement part : this.browser
			.all("nav, section, dialog, main [role=region], main [role=group], aside, .plot")) {
			if (part.isDisplayed()) {
				assertThat(part.getAccessibleName()).as(part.getDomProperty("outerHTML")).isNotBlank();
			}
		}
		// What a screen reader says by itself.
		for (String notice : List.of("connection", "done", "filter-problem", "missing", "said")) {
			assertThat(this.browser.find("#" + notice).getDomAttribute("role")).isEqualTo("status");
		}
		assertThat(this.browser.find("#problem").getDomAttribute("role")).isEqualTo("alert");

		this.browser.tabTo("Pause server chat");
		this.browser.press(Keys.ENTER);
		this.browser.shows(cell("chat", "state"), "PAUSED");
		// The button that cannot be used any more has handed the focus to its neighbour.
		eventually(() -> assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Resume server chat"));
		this.browser.press(Keys.SPACE);
		this.browser.shows(cell("chat", "state"), "RUNNING");

		this.browser.tabTo("Stop server chat");
		this.browser.press(Keys.ENTER);
		eventually(() -> assertThat(this.browser.isShown("#confirm")).isTrue());
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
						const hint = element.placeholder ? '::placeholder' : null;
						if (!(own || hint) || element.disabled || !element.checkVisibility() || element.tagName === 'OPTION') {
							continue;
						}
						looked++;
						const text = luminance(parse(getComputedStyle(element, hint).color).slice(0, 3));
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
				this.browser.click(sessionCell("upper-1", "id"));
				eventually(() -> assertThat(fact("Server")).isEqualTo("upper"));
				this.browser.find("#payload").sendKeys("half a sentence");
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
			assertThat(this.browser.text("#done")).startsWith("The application has started again, at ");
			this.browser.shows("#session-gone", "This session has ended. It was like this when it was last seen.");
			assertThat(this.browser.find("#payload").getDomProperty("value")).isEqualTo("half a sentence");
			assertThat(this.browser.isShown("#session-other")).isFalse();
			// Counters have begun again from zero, which is no negative rate.
			this.browser.shows(cell("upper", "received"), "0/s · 0 B/s");
			assertThat(this.browser.run("return window.negative")).isEqualTo(List.of());
			this.browser.click(button("upper", "pause"));
			this.browser.shows(cell("upper", "state"), "PAUSED");
			assertThat(application.getBean(SocketServers.class).server("upper").orElseThrow().state())
				.isEqualTo(ServerState.PAUSED);
			this.browser.hides("#problem");
			this.browser.click(button("upper", "resume"));
			try (SocketTestClient other = SocketTestClient
				.connect(application.getBean(SocketServers.class).server("upper").orElseThrow())) {
				other.send("another").expect("ANOTHER");
				this.browser.shows("#session-other",
						"The application has started again. This is another session, with the same id.");
				assertThat(this.browser.find("#payload").getDomProperty("value")).isEqualTo("half a sentence");
			}
		}
		this.browser.open("about:blank");
	}

	private static ConfigurableApplicationContext start(int port) {
		return SpringApplication.run(DemoApplication.class, "--server.port=" + port, "--socket.servers.upper.port=0",
				"--socket.servers.talk.port=0", "--socket.servers.chat.port=0", "--socket.servers.frames.port=0",
				"--socket.servers.console.port=0");
	}

	/** With sixty sessions, as in the documentation. */
	@Test
	void looksAsInTheDocumentation() throws IOException {
		List<SocketTestClient> peers = new ArrayList<>();
		SocketClient meter = this.clients.client("meter").orElseThrow();
		try {
			for (int i = 0; i < 30; i++) {
				peers.add(SocketTestClient.connect(this.servers.server("chat").orElseThrow()));
				peers.get(2 * i).send("/name Guest " + (i + 1));
				peers.add(SocketTestClient.connect(this.servers.server("upper").orElseThrow()));
				peers.get(2 * i + 1).send("hello").expect("HELLO");
			}
			meter.start();
			this.servers.server("talk").orElseThrow().pause();
			pictures(idOf("chat", peers.get(40)));
			pictureOfServers();
			pictureOfATap(peers);
		}
		finally {
			peers.forEach(SocketTestClient::close);
			meter.stop().join();
		}
	}

	private void pictures(String id) throws IOException {
		this.browser.size(1280, 1000);
		this.browser.shows(cell("talk", "state"), "PAUSED");
		this.browser.shows(cell("chat", "active"), "30");
		this.browser.shows(cell("upper", "active"), "30");
		this.browser.shows(clientCell("meter", "state"), "CONNECTED");
		eventually(() -> assertThat(this.browser.find("#charts .plot").getDomAttribute("aria-label"))
			.matches("Sessions: 6[0-9] now.*"));
		picture("page.png");
		this.browser.size(400, 900);
		picture("page-narrow.png");
		this.browser.size(1280, 1000);

		this.browser.choose("#filter-server", "chat");
		this.browser.click(sessionCell(id, "id"));
		eventually(() -> assertThat(this.browser.texts("#attributes tbody tr")).first().asString().startsWith("name "));
		this.browser.run("document.getElementById('sessions-section').scrollIntoView()");
		picture("session.png");
		this.browser.size(400, 900);
		picture("session-narrow.png");
	}

	private void pictureOfServers() throws IOException {
		this.browser.size(1280, 1000);
		this.browser.click("#panel-leave");
		this.browser.run("scrollTo(0, 0)");
		this.browser.click(cell("chat", "name"));
		this.browser.choose("#compared", "upper");
		eventually(() -> assertThat(this.browser.texts("#server-charts figure:first-child .reading span")).hasSize(3));
		assertThat(this.browser.all("#server-charts canvas")).hasSize(5);
		picture("page-server.png");
		this.browser.click("#panel-leave");
	}

	private void pictureOfATap(List<SocketTestClient> peers) throws IOException {
		this.browser.choose("#filter-server", "upper");
		this.browser.click("#start-tap");
		this.browser.choose("#confirm [name=server]", "upper");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.texts("#taps [data-cell=state]")).containsExactly("RUNNING"));
		for (int i = 1; i < peers.size(); i += 12) {
			peers.get(i).send("a reading of " + i).expect("A READING OF " + i);
		}
		eventually(() -> assertThat(this.browser.text("#tap-text")).contains("A READING OF 49"));
		this.browser.click("#done-dismiss");
		this.browser.run("document.getElementById('taps-section').scrollIntoView()");
		picture("taps.png");
		this.browser.click("#taps [data-action=end]");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	private void picture(String name) throws IOException {
		assertThat(Files.size(this.browser.screenshot(name))).isLessThan(LARGEST_PICTURE);
	}

}
