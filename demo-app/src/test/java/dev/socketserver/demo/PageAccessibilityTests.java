package dev.socketserver.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Has axe look at all that the page for operators shows: at names, roles and contrast.
 */
@Tag("long")
class PageAccessibilityTests extends AbstractPageTests {

	@ParameterizedTest
	@CsvSource({ "light, 1400", "dark, 1400", "light, 820", "dark, 820", "light, 390", "dark, 390" })
	void axeFindsNothing(String theme, int width, @SocketConnection("chat") SocketTestClient client) {
		client.send("/name Ann");
		String id = idOf("chat", client);
		this.servers.server("frames").orElseThrow().stop();
		this.servers.server("talk").orElseThrow().pause();
		this.browser.theme(theme);
		this.browser.size(width, 900);
		this.browser.run(script());

		this.browser.shows(cell("talk", "state"), "PAUSED");
		this.browser.shows(cell("frames", "state"), "STOPPED");
		this.browser.shows(sessionCell(id, "server"), "chat");
		nothingIsFound("all sections");

		this.browser.click(server("upper") + " [data-action=more]");
		this.browser.shows("#menu [data-action=drain]", "Drain");
		nothingIsFound("a menu");
		this.browser.press(Keys.ESCAPE);

		leadTo("server=chat");
		this.browser.shows("#panel-title", "Server chat");
		eventually(() -> assertThat(facts("server")).anyMatch((fact) -> fact.startsWith("Open sessions: 1 of ")));
		nothingIsFound("a server");

		leadTo("session=" + id);
		this.browser.shows("#attributes tbody tr", "name Ann");
		nothingIsFound("a session");

		leadTo("client=meter");
		this.browser.shows("#panel-title", "Client meter");
		nothingIsFound("a client");

		leadTo("sessions-state=ended&section=sessions");
		this.browser.hides("#panel");
		nothingIsFound("sessions that have ended");

		this.browser.click("#start-tap");
		this.browser.choose("#confirm [name=server]", "chat");
		nothingIsFound("a dialog");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.text("#panel-title")).startsWith("Tap tap-"));
		client.send("hello");
		eventually(() -> assertThat(this.browser.texts("#tap-text li")).isNotEmpty());
		nothingIsFound("a tap");
		this.browser.click("#tap-controls [data-action=end]");
		this.browser.click("#confirm-yes");
		this.browser.click("#panel-leave");
		// What axe does is not what the page does.
		assertThat(this.browser.errors()).allMatch((message) -> message.contains("willReadFrequently"));
	}

	private void leadTo(String view) {
		this.browser.run("location.hash = '" + view + "'");
	}

	private void nothingIsFound(String where) {
		assertThat(this.browser
			.run("""
					const rules = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] };
					return window.axe.run({ exclude: [['#menu:popover-open']] }, { runOnly: rules, resultTypes: ['violations'] })
						.then(({ violations }) => violations.flatMap(({ id, nodes }) =>
							nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)));
					"""))
			.as(where)
			.isEqualTo(List.of());
	}

	private static String script() {
		try {
			Resource[] found = new PathMatchingResourcePatternResolver()
				.getResources("classpath*:META-INF/resources/webjars/axe-core/*/axe.min.js");
			assertThat(found).hasSize(1);
			return found[0].getContentAsString(StandardCharsets.UTF_8) + "; window.axe = axe;";
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
