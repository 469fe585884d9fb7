package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators come to the page for, done as {@code docs/operators-page.md} tells them,
 * in a wide window and in a narrow one.
 */
@Tag("long")
class OperatorTasksTests extends AbstractPageTests {

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void findTheSlowSession(int width) {
		CountDownLatch database = new CountDownLatch(1);
		SocketServer server = this.servers.register(ServerSpec.builder("orders")
			.handler(ServerHandler.function("orders", PayloadConverter.text(StandardCharsets.UTF_8),
					(text) -> text.equals("slow") ? await(database, text) : text))
			.framing(Framing.line())
			.build());
		server.start();
		try (SocketTestClient quick = SocketTestClient.connect(server);
				SocketTestClient slow = SocketTestClient.connect(server)) {
			quick.send("quick").expect("quick");
			String id = idOf("orders", slow);
			slow.send("slow");
			this.browser.size(width, 1000);

			this.browser.choose("#filter-server", "orders");
			this.browser.click("#sessions [data-sort=handler]");
			eventually(() -> {
				assertThat(this.browser.texts("#sessions [data-cell=id]")).hasSize(2).first().isEqualTo(id);
				// It takes longer from one look to the next.
				assertThat(this.browser.texts("#sessions [data-cell=handler]").get(0)).doesNotStartWith("0 ms");
			});
			this.browser.click(sessionCell(id, "id"));
			this.browser.shows("#panel-title", "Session " + id);
			eventually(() -> assertThat(fact("Handler time")).endsWith("s"));
			database.countDown();
			slow.expect("slow");
			eventually(() -> assertThat(fact("Handler time")).endsWith(" a message"));
		}
		finally {
			database.countDown();
			server.stop();
			this.servers.remove("orders");
		}
	}

	private static String await(CountDownLatch latch, String text) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return text;
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void findOutWhyASessionHasEnded(int width, @SocketConnection("frames") SocketTestClient client) {
		String id = idOf("frames", client);
		client.send("well").expect("well");
		client.sendRaw(new byte[] { Byte.MAX_VALUE, 0, 0, 0 });
		this.browser.size(width, 1000);

		this.browser.choose("#filter-server", "frames");
		this.browser.choose("#filter-state", "ended");
		this.browser.shows(sessionCell(id, "state"), "FRAME_TOO_LARGE");
		this.browser.click(sessionCell(id, "id"));
		eventually(() -> assertThat(fact("Reason")).startsWith("FRAME_TOO_LARGE: "));
		assertThat(fact("That means"))
			.isEqualTo("A frame was longer than the framing allows. See framing.md in the documentation.");
		assertThat(this.browser.text("#recorded")).contains("well");
		assertThat(this.browser.isShown("#say")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void pauseAServerAndResumeIt(int width) {
		this.browser.size(width, 1000);
		act(width, "talk", "pause");
		this.browser.shows(cell("talk", "state"), "PAUSED");
		eventually(() -> assertThat(this.browser.texts("#attention li")).contains(
				"Server talk is paused: connections wait, and none is accepted. See lifecycle.md in the documentation."));

		act(width, "talk", "resume");
		this.browser.shows(cell("talk", "state"), "RUNNING");
		eventually(
				() -> assertThat(this.browser.texts("#attention li")).noneMatch((each) -> each.contains("is paused")));
	}

	/** In a narrow window all actions are in the menu. */
	private void act(int width, String server, String action) {
		if (width < 600) {
			choose(server(server), action);
		}
		else {
			this.browser.click(button(server, action));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void drainAServer(int width, @SocketConnection("upper") SocketTestClient client) {
		client.send("before").expect("BEFORE");
		this.browser.size(width, 1000);
		this.browser.shows(cell("upper", "active"), "1");
		choose(server("upper"), "drain");
		// Longer than a slow browser takes until the client leaves.
		this.browser.find("#confirm [name=timeout]").sendKeys("2h");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.texts("#attention li"))
			.anyMatch((each) -> each.startsWith("Server upper is draining: 1 of 1 session left, until ")));
		client.close();
		this.browser.shows(cell("upper", "state"), "STOPPED");
		act(width, "upper", "start");
		this.browser.shows(cell("upper", "state"), "RUNNING");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void tapASession(int width, @SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.size(width, 1000);
		this.browser.click(sessionCell(id, "id"));
		this.browser.click("#session-controls [data-action=tap]");
		this.browser.click("#confirm-yes");

		eventually(() -> assertThat(this.browser.text("#panel-title")).startsWith("Tap tap-"));
		client.send("look").expect("LOOK");
		eventually(() -> assertThat(this.browser.texts("#tap-text li")).satisfiesExactly(
				(received) -> assertThat(received).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} received\\s+\"look\\\\n\""),
				(sent) -> assertThat(sent).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} sent\\s+\"LOOK\\\\n\"")));
		assertThat(facts("tap")).contains("Started by: anonymous", "Target: session " + id, "Lost: nothing")
			.anyMatch((fact) -> fact.matches("Runs: since .* UTC, until \\d\\d:\\d\\d:\\d\\d, \\d+ s left"));
		assertThat(this.browser.texts("#tap-controls a")).containsExactly("pcap", "transcript");
		assertThat(theListReachesTheEndOfThePanel()).isTrue();

		this.browser.choose("#tap-form", "hex");
		this.browser.shows("#tap-text li:first-child code", "0000  6c 6f 6f 6b 0a           look.");
		this.browser.choose("#tap-direction", "sent");
		eventually(() -> assertThat(this.browser.texts("#tap-text li")).hasSize(1));
		this.browser.choose("#tap-form", "text");
		this.browser.choose("#tap-direction", "all");
		this.browser.find("#tap-filter").sendKeys("LOO");
		eventually(() -> assertThat(this.browser.texts("#tap-text li")).hasSize(2));
		this.browser.find("#tap-filter").sendKeys("P");
		this.browser.shows("#tap-shown", "0 of 2");
		this.browser.click("#panel-leave");
		if (width < 600) {
			choose("#taps tbody tr", "end");
		}
		else {
			this.browser.click("#taps [data-action=end]");
		}
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	private boolean theListReachesTheEndOfThePanel() {
		return (Boolean) this.browser
			.run("""
					const [list, panel] = ['tap-text', 'panel'].map((id) => document.getElementById(id).getBoundingClientRect());
					return panel.bottom - list.bottom < 60 && list.height > 150;
					""");
	}

	@Test
	void onlyWhatEndsSomethingIsRed() {
		this.browser.click("#start-tap");
		this.browser.shows("#confirm-yes", "Start");
		assertThat(this.browser.find("#confirm-yes").getDomAttribute("class")).isEqualTo("chief");
		this.browser.click("#confirm-no");
		this.browser.click(button("upper", "stop"));
		this.browser.shows("#confirm-yes", "Stop");
		assertThat(this.browser.find("#confirm-yes").getDomAttribute("class")).isEqualTo("grave");
		this.browser.click("#confirm-no");
		this.browser.hides("#confirm");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void compareTwoServers(int width, @SocketConnection("upper") SocketTestClient client) {
		client.send("here").expect("HERE");
		this.browser.size(width, 1000);
		this.browser.click(cell("upper", "name"));
		this.browser.shows("#panel-title", "Server upper");
		this.browser.choose("#compared", "chat");

		eventually(() -> assertThat(this.browser.texts("#server-charts figure:first-child .reading span"))
			.satisfiesExactly((time) -> assertThat(time).matches("\\d\\d:\\d\\d:\\d\\d"),
					(own) -> assertThat(own).endsWith(" upper"), (other) -> assertThat(other).endsWith(" chat")));
		assertThat(this.browser.run("return location.hash")).isEqualTo("#server=upper&with=chat");
		this.browser.choose("#compared", "no other server");
		eventually(() -> assertThat(this.browser.texts("#server-charts figure:first-child .reading span")).hasSize(2));
	}

	@Test
	void theAddressHasAllThatIsShown(@SocketConnection("upper") SocketTestClient client,
			@SocketConnection("chat") SocketTestClient other) {
		String id = idOf("upper", client);
		session(id).join("room");
		String otherId = idOf("chat", other);
		this.browser.shows(sessionCell(otherId, "server"), "chat");
		this.browser.choose("#filter-server", "upper");
		this.browser.find("#filter-group").sendKeys("room");
		this.browser.choose("#sort", "oldest first");
		this.browser.hides(row(otherId));
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#send", "Send");

		Object address = this.browser.run("return location.href");
		this.browser.open("about:blank");
		this.browser.open((String) address);
		this.browser.showsThePage();
		this.browser.shows("#panel-title", "Session " + id);
		assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactly(id);
		assertThat(this.browser.find("#filter-group").getDomProperty("value")).isEqualTo("room");
		assertThat(this.browser.find("#sort").getDomProperty("value")).isEqualTo("age");
		assertThat(this.browser.find("#filter-server").getDomProperty("value")).isEqualTo("upper");

		this.browser.open(root() + "actuator/socketui?again#server=nobody");
		this.browser.shows("#panel-gone", "There is no server nobody.");
	}

	@Test
	void detailsAreAtTheSideAndGiveTheFocusBack() {
		this.browser.click(cell("chat", "name"));
		this.browser.shows("#panel-title", "Server chat");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("panel-title");
		assertThat(this.browser.run("return document.getElementById('view').inert")).isEqualTo(false);
		assertThat(beside()).isTrue();

		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#panel");
		assertThat(this.browser.focused().getText()).isEqualTo("chat");

		this.browser.click(cell("talk", "name"));
		this.browser.shows("#panel-title", "Server talk");
		this.browser.back();
		this.browser.hides("#panel");
		assertThat(this.browser.focused().getText()).isEqualTo("talk");
	}

	/** Nothing is further right than the window goes. */
	private boolean fits() {
		return (Boolean) this.browser
			.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth");
	}

	private boolean beside() {
		return (Boolean) this.browser
			.run("""
					const [view, panel] = ['view', 'panel'].map((id) => document.getElementById(id).getBoundingClientRect());
					return view.right <= panel.left;
					""");
	}

	@Test
	void whatWasClickedStaysWhereItWas(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		// Those of other tests leave the list.
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactly(id));
		this.browser.run("document.querySelector('" + row(id) + "').scrollIntoView({ block: 'center' })");
		double before = top(id);
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#panel-title", "Session " + id);
		assertThat(top(id)).isCloseTo(before, Offset.offset(2.0));
	}

	private double top(String id) {
		return ((Number) this.browser
			.run("return document.querySelector('" + row(id) + "').getBoundingClientRect().top")).doubleValue();
	}

	@ParameterizedTest
	@CsvSource({ "620, false", "820, false", "1000, false", "1150, false", "900, true", "1000, true", "1150, true",
			"1280, true" })
	void nothingIsBehindASidewaysScroll(int width, boolean details,
			@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.size(width, 900);
		this.browser.shows(sessionCell(id, "server"), "upper");
		this.browser
			.run("location.hash = 'servers-sort=-sent&sessions-sort=bytes" + (details ? "&server=chat" : "") + "'");
		eventually(() -> {
			assertThat(this.browser.isShown("#panel")).isEqualTo(details);
			assertThat(fits()).isTrue();
			assertThat(outOfSight("#servers th:has([data-sort=sent]), " + cell("upper", "sent"))).isEmpty();
			assertThat(outOfSight("#sessions th:has([data-sort=bytes]), " + sessionCell(id, "bytes"))).isEmpty();
			assertThat(outOfSight(server("upper") + " [data-action=more], " + row(id) + " [data-action=more], "
					+ clientButton("meter", "more")))
				.isEmpty();
		});
		this.browser.click(server("upper") + " [data-action=more]");
		assertThat(this.browser.texts("#menu button")).contains("Drain");
		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#menu");
	}

	/** Which of the elements are not where the person looks, however far down. */
	@SuppressWarnings("unchecked")
	private List<String> outOfSight(String css) {
		return (List<String>) this.browser.run("""
				const all = [...document.querySelectorAll(`%s`)];
				return (all.length === 0) ? ['none'] : all.filter((one) => {
					const { left, right, width } = one.getBoundingClientRect();
					const place = one.closest('.wide').getBoundingClientRect();
					return width === 0 || left < place.left - 1 || right > place.right + 1;
				}).map((one) => one.outerHTML);
				""".formatted(css));
	}

	@Test
	void detailsAreShownWhileThePageIsHeld(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.shows(sessionCell(id, "server"), "upper");
		this.browser.click("#live");
		this.browser.shows("#connection", "Held, not live");
		this.browser.click(sessionCell(id, "id"));
		eventually(() -> assertThat(fact("Server")).isEqualTo("upper"));
		this.browser.shows("#connection", "Held, not live");
		this.browser.click("#live");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 400 })
	void whatWasDoneIsSaidBesideTheDetails(int width, @SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.size(width, 900);
		this.browser.click(sessionCell(id, "id"));
		this.browser.click("#session-controls [data-action=pause]");
		this.browser.shows("#done", "pause session " + id + ": done.");
		eventually(() -> assertThat(fact("State")).isEqualTo("PAUSED"));
		assertThat(this.browser.run("""
				const { x, y, width, height } = document.getElementById('done').getBoundingClientRect();
				return document.elementFromPoint(x + width / 2, y + height / 2).id;
				""")).isEqualTo("done");
		this.browser.click("#session-controls [data-action=resume]");
		this.browser.shows("#done", "resume session " + id + ": done.");
		this.browser.click("#panel-leave");
		this.browser.hides("#panel");
	}

	@Test
	void saysHowOldItsFiguresAreWhileTheApplicationIsSilent() {
		this.browser.run("window.fetch = () => new Promise(() => {})");
		eventually(() -> assertThat(this.browser.text("#age"))
			.matches("as of \\d\\d:\\d\\d:\\d\\d, ([3-9]|\\d\\d) s ago"));
	}

	@Test
	void detailsCoverTheListInANarrowWindow() {
		this.browser.size(800, 1000);
		this.browser.click(cell("chat", "name"));
		this.browser.shows("#panel-title", "Server chat");
		assertThat(beside()).isFalse();
		// Neither the tabulator nor a screen reader gets below.
		assertThat(this.browser.run("return document.getElementById('view').inert")).isEqualTo(true);
		assertThat(fits()).isTrue();
		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#panel");
		assertThat(this.browser.run("return document.getElementById('view').inert")).isEqualTo(false);
		assertThat(this.browser.focused().getText()).isEqualTo("chat");
	}

	@Test
	void aRowIsACardInANarrowWindow(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.size(400, 900);
		eventually(
				() -> assertThat(this.browser.texts("tr[data-server=upper] > *").stream().filter((s) -> !s.isEmpty()))
					.satisfiesExactly((name) -> assertThat(name).isEqualTo("upper"),
							(state) -> assertThat(state).isEqualTo("RUNNING"),
							(sessions) -> assertThat(sessions).isEqualTo("1 of 10,000"),
							(rate) -> assertThat(rate).contains("/s · "), (menu) -> assertThat(menu).isEqualTo("⋯")));
		this.browser.shows(sessionCell(id, "server"), "upper");
		assertThat(fits()).isTrue();

		this.browser.click(server("upper") + " [data-action=more]");
		assertThat(this.browser.texts("#menu button")).isEqualTo(List.of("Pause", "Stop", "Drain", "Restart"));
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Pause server upper");
		this.browser.press(Keys.ARROW_DOWN);
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Stop server upper");
		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#menu");
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("More for server upper");
	}

}
