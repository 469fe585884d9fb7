package dev.socketserver.demo;

import java.util.List;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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

	@Test
	void findTheSlowSession(@SocketConnection("upper") SocketTestClient quick,
			@SocketConnection("upper") SocketTestClient busy) {
		quick.send("once").expect("ONCE");
		for (int i = 0; i < 200; i++) {
			busy.send("again").expect("AGAIN");
		}
		String id = idOf("upper", busy);
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

	@Test
	void findOutWhyASessionHasEnded(@SocketConnection("frames") SocketTestClient client) {
		String id = idOf("frames", client);
		client.sendRaw(new byte[] { Byte.MAX_VALUE, 0, 0, 0 });
		enter("Sessions");
		pick("Server", "frames");
		pick("State", "ended");
		this.browser.shows(sessionCell(id, "state"), "FRAME_TOO_LARGE");
		enter(id);
		eventually(() -> assertThat(fact("That means")).startsWith("A frame was longer than the framing allows."));
	}

	@Test
	void pauseAServerAndResumeIt() {
		enter("Pause server talk");
		this.browser.shows(cell("talk", "state"), "PAUSED");
		eventually(() -> assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Resume server talk"));
		this.browser.press(Keys.SPACE);
		this.browser.shows(cell("talk", "state"), "RUNNING");
		enter("Dismiss");
		this.browser.hides("#done");
	}

	@Test
	void drainAServerAndEndThatEarly(@SocketConnection("upper") SocketTestClient client) {
		client.send("before").expect("BEFORE");
		this.browser.shows(cell("upper", "active"), "1");
		enter("More for server upper");
		this.browser.press(Keys.ARROW_DOWN);
		if (!"Drain server upper".equals(this.browser.focused().getAccessibleName())) {
			this.browser.press(Keys.ARROW_UP);
		}
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Drain server upper");
		this.browser.press(Keys.ENTER);
		assertThat(this.browser.focused().getAccessibleName()).isEqualTo("Time for all of it");
		this.browser.press("2h", Keys.ENTER);
		this.browser.shows(cell("upper", "state"), "DRAINING");
		eventually(() -> assertThat(this.browser.text(cell("upper", "state") + " + .beside"))
			.startsWith("1 of 1 left, until "));

		enter("End now server upper");
		enter("End now");
		client.expectClosed();
		this.browser.shows(cell("upper", "state"), "STOPPED");
		enter("Start server upper");
		this.browser.shows(cell("upper", "state"), "RUNNING");
	}

	@Test
	void tapAServer(@SocketConnection("upper") SocketTestClient client) {
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
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	@Test
	void compareTwoServers() {
		enter("upper");
		this.browser.shows("#panel-title", "Server upper");
		pick("Compare with", "chat");
		eventually(() -> assertThat(this.browser.texts("#server-charts figure:first-child .reading span")).hasSize(3)
			.last()
			.asString()
			.endsWith(" chat"));
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
