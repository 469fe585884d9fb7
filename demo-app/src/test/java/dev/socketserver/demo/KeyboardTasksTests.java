package dev.socketserver.demo;

import java.time.Duration;
import java.util.List;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tasks of {@link OperatorTasksTests}, done by an operator without a mouse.
 */
@Tag("long")
class KeyboardTasksTests extends AbstractPageTests {

	@BeforeEach
	void aWindow() {
		this.browser.size(1280, 1000);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void findTheSlowSession(int width, @SocketConnection("upper") SocketTestClient quick,
			@SocketConnection("upper") SocketTestClient busy) {
		this.browser.size(width, 900);
		quick.send("once").expect("ONCE");
		String id = idOf("upper", busy);
		String quickId = idOf("upper", quick);
		// A single call takes long where the machine stands still.
		for (int i = 0; i < 200 || handled(id).compareTo(handled(quickId)) <= 0; i++) {
			busy.send("again").expect("AGAIN");
		}
		enter("Sessions");
		assertThat(this.browser.focused().getDomAttribute("id")).isEqualTo("sessions-title");
		pick("Server", "upper");
		enter("Handler time");
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).hasSize(2).first().isEqualTo(id));
		enter(id);
		this.browser.shows("#panel-title", "Session " + id);
		eventually(() -> assertThat(fact("Handler time")).endsWith(" a message"));

		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#panel");
		assertThat(this.browser.focused().getText()).isEqualTo(id);
	}

	private Duration handled(String id) {
		return session(id).info().handlerTime();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void findOutWhyASessionHasEnded(int width, @SocketConnection("frames") SocketTestClient client) {
		this.browser.size(width, 900);
		String id = idOf("frames", client);
		client.sendRaw(new byte[] { Byte.MAX_VALUE, 0, 0, 0 });
		enter("Sessions");
		pick("Server", "frames");
		pick("State", "ended");
		this.browser.shows(sessionCell(id, "state"), "FRAME_TOO_LARGE");
		enter(id);
		eventually(() -> assertThat(fact("That means")).startsWith("A frame was longer than the framing allows."));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void pauseAServerAndResumeIt(int width) {
		this.browser.size(width, 900);
		act(width, "Pause", "talk");
		this.browser.shows(cell("talk", "state"), "PAUSED");
		eventually(() -> assertThat(this.browser.focused().getAccessibleName())
			.isEqualTo(isPhone(width) ? "More for server talk" : "Resume server talk"));
		act(width, "Resume", "talk");
		this.browser.shows(cell("talk", "state"), "RUNNING");
		enter("Dismiss");
		this.browser.hides("#done");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void drainAServerAndEndThatEarly(int width, @SocketConnection("upper") SocketTestClient client) {
		this.browser.size(width, 900);
		client.send("before").expect("BEFORE");
		this.browser.shows(cell("upper", "active"), "1");
		chooseFromMenu("Drain", "upper");
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Time limit");
		this.browser.press("2h", Keys.ENTER);
		this.browser.shows(cell("upper", "state"), "DRAINING");
		eventually(() -> assertThat(this.browser.text(cell("upper", "state") + " + .beside"))
			.startsWith("1 of 1 left, until "));

		act(width, "End now", "upper");
		enter("End now");
		client.expectClosed();
		this.browser.shows(cell("upper", "state"), "STOPPED");
		act(width, "Start", "upper");
		this.browser.shows(cell("upper", "state"), "RUNNING");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void tapAServer(int width, @SocketConnection("upper") SocketTestClient client) {
		this.browser.size(width, 900);
		client.send("before").expect("BEFORE");
		enter("Taps");
		enter("Start a tap…");
		pick("Server", "upper");
		enter("Start");
		eventually(() -> assertThat(this.browser.text("#panel-title")).startsWith("Tap tap-"));
		client.send("look").expect("LOOK");
		eventually(() -> assertThat(this.browser.texts("#tap-text code"))
			.isEqualTo(List.of("\"look\\n\"", "\"LOOK\\n\"")));
		pick("As", "hex");
		eventually(
				() -> assertThat(this.browser.texts("#tap-text code")).first().asString().contains("6c 6f 6f 6b 0a"));

		enter("End " + this.browser.text("#panel-title").toLowerCase());
		enter("End");
		eventually(() -> assertThat(this.browser.text("#panel-gone")).startsWith("There is no tap "));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 390 })
	void compareTwoServers(int width) {
		this.browser.size(width, 900);
		enter("upper");
		this.browser.shows("#panel-title", "Server upper");
		pick("Compare with", "chat");
		eventually(() -> assertThat(this.browser.texts("#server-charts figure:first-child .reading span")).hasSize(3)
			.last()
			.asString()
			.endsWith(" chat"));
	}

	private static boolean isPhone(int width) {
		return width < 600;
	}

	/** On a phone all actions are in the menu of the card. */
	private void act(int width, String action, String server) {
		if (isPhone(width)) {
			chooseFromMenu(action, server);
		}
		else if (!focusedIs(action + " server " + server)) {
			enter(action + " server " + server);
		}
		else {
			this.browser.press(Keys.SPACE);
		}
	}

	private void chooseFromMenu(String action, String server) {
		if (!focusedIs("More for server " + server)) {
			this.browser.tabTo("More for server " + server);
		}
		this.browser.press(Keys.ENTER);
		for (int i = 0; i < 5 && !focusedIs(action + " server " + server); i++) {
			this.browser.press(Keys.ARROW_DOWN);
		}
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo(action + " server " + server);
		this.browser.press(Keys.ENTER);
	}

	private boolean focusedIs(String name) {
		return name.equals(this.browser.focused().getAccessibleName());
	}

	/** Tabs to a control of that name, and presses it. */
	private void enter(String name) {
		this.browser.tabTo(name);
		this.browser.press(Keys.ENTER);
	}

	/** Tabs to a list of that name, and types what is wanted. */
	private void pick(String list, String text) {
		this.browser.tabTo(list);
		this.browser.press(text);
	}

}
