package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing of the page for operators is cut off, lies over something else, or is broken
 * within a word, however wide the window is.
 */
@Tag("long")
class PageLayoutTests extends AbstractPageTests {

	/** A value that ends before its text, or lies over its neighbour. */
	private static final String CUT = """
			const shown = (css) => [...document.querySelectorAll(css)].filter((one) => one.checkVisibility());
			const right = (one) => {
				const range = document.createRange();
				range.selectNodeContents(one);
				return Math.max(0, ...[...range.getClientRects()].map((rect) => rect.right));
			};
			const room = (one) => one.closest('dialog, #panel, .cards tbody tr, main, body').getBoundingClientRect().right;
			const cut = shown('dialog[open] :is(p, label, input, select, button, small), main :is(p, dd, td, th, button), #panel :is(dd, td, th, button)')
				.filter((one) => !one.closest('dialog:not([open])') && !one.closest('#tap-text') && one.dataset.cell !== 'chart')
				.filter((one) => !one.classList.contains('foreign') && Math.max(right(one), one.matches('input, select') ? one.getBoundingClientRect().right : 0) > room(one) + 1)
				.map((one) => `cut off: ${one.outerHTML.slice(0, 200)}`);
			const over = shown('.cards tbody td').filter((one) => one.nextElementSibling?.checkVisibility()
					&& one.nextElementSibling.getBoundingClientRect().top < one.getBoundingClientRect().bottom
					&& one.nextElementSibling.getBoundingClientRect().left > one.getBoundingClientRect().left
					&& right(one) > one.nextElementSibling.getBoundingClientRect().left + 1)
				.map((one) => `over the next: ${one.outerHTML.slice(0, 200)}`);
			const broken = shown('button, .badge').filter((one) => {
				const range = document.createRange();
				range.selectNodeContents(one);
				return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size > 1 && !one.textContent.includes(' ');
			}).map((one) => `broken: ${one.outerHTML.slice(0, 200)}`);
			return [...cut, ...over, ...broken];
			""";

	private SocketServer gateway;

	@BeforeEach
	void begin() {
		this.gateway = this.servers.register(ServerSpec.builder("gateway")
			.handler(ServerHandler.function("gateway", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> {
				throw new IllegalStateException("no ink");
			}))
			.framing(Framing.line())
			.port(0)
			.listener("datacenter", (listener) -> listener.port(0))
			.build());
		this.gateway.start();
	}

	@AfterEach
	void end() {
		this.servers.remove("gateway");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1400, 820, 390 })
	void nothingIsCutOff(int width) {
		SocketServer chat = this.servers.server("chat").orElseThrow();
		try (SocketTestClient failing = SocketTestClient.connect(this.gateway);
				SocketTestClient stays = SocketTestClient.connect(chat)) {
			failing.send("print").expectClosed();
			idOf("chat", stays);
			chat.drain(Duration.ofMinutes(20));
			this.browser.size(width, 900);
			eventually(() -> assertThat(this.browser.text(cell("chat", "state") + " + .beside"))
				.startsWith("1 of 1 left"));
			nothingIsCut("servers");

			leadTo("server=gateway");
			this.browser.shows("#listeners [data-listener=datacenter] [data-cell=state]", "LISTENING");
			nothingIsCut("listeners");

			leadTo("section=sessions&sessions-server=gateway&sessions-state=ended");
			this.browser.hides("#panel");
			eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=state]")).contains("HANDLER_ERROR"));
			nothingIsCut("sessions that have ended");

			choose(server("upper"), "drain");
			nothingIsCut("the dialog of a drain");
			this.browser.click("#confirm-no");
			this.browser.click("#start-tap");
			nothingIsCut("the dialog of a tap");
			this.browser.click("#confirm-no");
			chat.stop();
		}
	}

	private void leadTo(String view) {
		this.browser.run("location.hash = '" + view + "'");
	}

	private void nothingIsCut(String where) {
		assertThat(this.browser.run(CUT)).as(where).isEqualTo(List.of());
	}

}
