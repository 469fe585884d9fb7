package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How one comes from one thing to the next on the page for operators, and what stays in
 * sight meanwhile.
 */
@Tag("long")
class PageWaysTests extends AbstractPageTests {

	@Test
	void fromAServerToItsSessionsAndBack(@SocketConnection("upper") SocketTestClient client,
			@SocketConnection("chat") SocketTestClient other) {
		String id = idOf("upper", client);
		String otherId = idOf("chat", other);
		this.browser.shows(sessionCell(otherId, "server"), "chat");
		this.browser.click(cell("upper", "active"));

		this.browser.hides(row(otherId));
		this.browser.shows(sessionCell(id, "server"), "upper");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("sessions-title");
		assertThat(this.browser.run("return location.hash")).isEqualTo("#section=sessions&sessions-server=upper");
		assertThat(inWindow("#sessions-title")).isTrue();

		// The same for whoever gets the address.
		Object address = this.browser.run("return location.href");
		this.browser.open("about:blank");
		this.browser.open((String) address);
		this.browser.showsThePage();
		assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactly(id);
		eventually(() -> assertThat(inWindow("#sessions-title")).isTrue());

		this.browser.click(sessionCell(id, "server"));
		this.browser.shows("#panel-title", "Server upper");
		this.browser.click("#server-facts a");
		this.browser.hides("#panel");
		this.browser.back();
		this.browser.shows("#panel-title", "Server upper");
		this.browser.back();
		this.browser.hides("#panel");
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactly(id));
	}

	@Test
	void fromWhatHappenedToTheSessionsAndTheException() {
		SocketServer server = this.servers.register(ServerSpec.builder("failing")
			.handler(ServerHandler.function("failing", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> {
				throw new IllegalStateException("no ink");
			}))
			.framing(Framing.line())
			.build());
		server.start();
		SocketTestClient leaving = SocketTestClient.connect(server);
		try (SocketTestClient first = SocketTestClient.connect(server);
				SocketTestClient second = SocketTestClient.connect(server)) {
			String id = idOf("failing", first);
			theApplicationRemembers("failing");
			first.send("print").expectClosed();
			this.browser.hides(row(id));
			eventually(() -> assertThat(this.browser.texts("#attention li"))
				.contains("Server failing closed 1 session in the last five minutes, whose handler threw an exception"
						+ " (HANDLER_ERROR). Show it See errors.md in the documentation."));
			second.send("print").expectClosed();
			leaving.close();
			eventually(() -> assertThat(this.browser.texts("#attention li")).anyMatch((entry) -> entry
				.contains("closed 2 sessions in the last five minutes, whose handlers threw exceptions")));

			this.browser.click("#attention a[href*='failing']");
			eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).hasSize(2).contains(id));
			assertThat(this.browser.texts("#sessions [data-cell=state]")).containsOnly("HANDLER_ERROR");
			assertThat(this.browser.text(sessionCell(id, "detail"))).contains("IllegalStateException");
			assertThat(this.browser.find("#filter-reason").getDomProperty("value")).isEqualTo("HANDLER_ERROR");

			this.browser.click(sessionCell(id, "server"));
			this.browser.click("#closed a[href*=PEER_CLOSED]");
			eventually(
					() -> assertThat(this.browser.texts("#sessions [data-cell=state]")).containsExactly("PEER_CLOSED"));
			this.browser.click("#filter-clear");
			eventually(() -> assertThat(this.browser.find("#filter-state").getDomProperty("value")).isEqualTo(""));
		}
		finally {
			server.stop();
			this.servers.remove("failing");
		}
	}

	/** What happens before its first sample is in no growth. */
	private void theApplicationRemembers(String server) {
		eventually(() -> assertThat((String) this.browser
			.run("return fetch('/actuator/socketui/history.json').then((response) => response.text())"))
			.contains("\"name\":\"" + server + "\""));
	}

	@Test
	void aSectionHasAnAddress() {
		this.browser.click("#to-clients");
		assertThat(this.browser.run("return location.hash")).isEqualTo("#section=clients");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("clients-title");
		this.browser.click("#to-servers");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("servers-title");
		this.browser.back();
		eventually(() -> assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("clients-title"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 820, 400 })
	void theStateStaysInSight(int width) {
		this.browser.size(width, 700);
		eventually(() -> assertThat(this.browser.texts("#nav > span")).contains("Servers 5", "Clients 1"));
		this.browser.run("scrollTo(0, document.body.scrollHeight)");
		eventually(() -> {
			assertThat(inWindow("#connection")).isTrue();
			assertThat(inWindow("#age")).isTrue();
			assertThat(inWindow("#nav a")).isEqualTo(width > 600);
		});
		this.browser.click(cell("chat", "name"));
		this.browser.shows("#panel-title", "Server chat");
		assertThat(inWindow("#connection")).isTrue();
		this.browser.press(Keys.ESCAPE);
	}

	/** Nothing lies over its centre. */
	private boolean inWindow(String css) {
		return (Boolean) this.browser.run("""
				const element = document.querySelector("%s");
				const { left, top, width, height } = element.getBoundingClientRect();
				const there = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
				return element.contains(there);
				""".formatted(css));
	}

	@Test
	void aNoticeIsDismissedOrGoesByItself() {
		this.browser.click(button("talk", "pause"));
		this.browser.shows("#done", "pause server talk: it is PAUSED.");
		this.browser.click("#done-dismiss");
		this.browser.hides("#done");

		this.browser.run("""
				window.shownAt = null;
				window.goneAt = null;
				new MutationObserver(() => {
					window[document.getElementById('done-notice').hidden ? 'goneAt' : 'shownAt'] ??= performance.now();
				}).observe(document.getElementById('done-notice'), { attributes: true });
				""");
		this.browser.click(button("talk", "resume"));
		this.browser.shows("#done", "resume server talk: it is RUNNING.");
		this.browser.run("document.activeElement.blur()");
		this.browser.hides("#done");
		assertThat(((Number) this.browser.run("return window.goneAt - window.shownAt")).doubleValue())
			.isGreaterThan(9_900);
	}

	@Test
	void aNoticeIsGreyOnceTheApplicationIsGone() {
		this.browser.click(button("talk", "pause"));
		this.browser.shows("#done", "pause server talk: it is PAUSED.");
		assertThat(this.browser.find("#done-notice").getDomAttribute("data-tone")).isEqualTo("up");
		this.browser.run("window.fetch = () => Promise.reject(new TypeError('gone'))");

		this.browser.shows("#connection", "The application does not answer. Trying again…");
		assertThat(this.browser.find("#done-notice").getDomAttribute("data-tone")).isEqualTo("unknown");
	}

	@Test
	void saysThatItWaitsForAnAnswer() {
		this.browser.run("window.fetch = (...rest) => new Promise((resolve, reject) => "
				+ "rest[1]?.signal?.addEventListener('abort', () => reject(new TypeError('gone'))))");

		this.browser.shows("#connection", "Waiting for an answer…");
		assertThat(this.browser.find("#connection").getDomAttribute("data-tone")).isEqualTo("warn");
		this.browser.shows("#connection", "The application does not answer. Trying again…");
	}

	@Test
	void addressesAreText() {
		List<String> wrong = List.of("section=nowhere", "sessions-reason=%3Cb%3E&sessions-state=ended", "tap=%22%3E");
		for (String address : wrong) {
			this.browser.open(root() + "actuator/socketui?" + wrong.indexOf(address) + "#" + address);
			this.browser.showsThePage();
			assertThat(this.browser.all("main b")).isEmpty();
			assertThat(this.browser.text("#connection")).matches(Pattern.quote("Connected"));
		}
	}

}
