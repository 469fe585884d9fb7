package dev.socketserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers and clients on the page for operators.
 */
@Tag("long")
class ServersPageTests extends AbstractPageTests {

	@Test
	void listsTheServers(@LocalSocketPort("upper") int port) {
		this.browser.open(root());
		this.browser.showsThePage();
		assertThat(this.browser.texts("#servers [data-cell=name]")).containsExactly("upper", "talk", "chat", "frames",
				"console");
		assertThat(this.browser.texts("#servers [data-cell=state]")).containsOnly("RUNNING");
		assertThat(this.browser.texts("#servers [data-cell=health]")).containsOnly("UP");
		this.browser.shows(cell("upper", "address"), "127.0.0.1:" + port);
	}

	/** A server for one session. */
	private SocketServer registerPassing() {
		return this.servers.register(ServerSpec.builder("passing")
			.handler(ServerHandler.function("passing", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text))
			.framing(Framing.line())
			.limits((l) -> l.sessions(1))
			.build());
	}

	/** An application may have switched off the one meter that has the reasons. */
	@Test
	void connectionsThatWereRefusedAreCountedWithoutTheirMeter() {
		SocketServer server = registerPassing();
		try {
			server.start();
			try (SocketTestClient first = SocketTestClient.connect(server)) {
				first.send("there").expect("there");
				isRefused(server);
				this.browser
					.run("""
							const before = window.fetch;
							window.fetch = (address, options) => address.includes('/prometheus?') ? Promise.resolve(new Response(''))
								: before(address, options);
							""");
				this.browser.click(cell("passing", "name"));
				this.browser.shows("#rejected tbody tr", "all reasons 1");
			}
		}
		finally {
			this.servers.remove("passing");
		}
	}

	@Test
	void serversComeAndGoAndTellWhyTheyRefuse() {
		SocketServer server = registerPassing();
		try {
			server.start();
			this.browser.shows(cell("passing", "state"), "RUNNING");
			try (SocketTestClient first = SocketTestClient.connect(server)) {
				first.send("there").expect("there");
				isRefused(server);

				this.browser.click(cell("passing", "name"));
				this.browser.shows("#panel-title", "Server passing");
				this.browser.shows("#rejected tbody tr", "LIMIT_SESSIONS 1");
				assertThat(this.browser.isShown("#closed")).isFalse();
				this.browser.shows(cell("passing", "active"), "1");
				this.browser.shows(cell("passing", "active") + " + .beside", "of 1");
				eventually(() -> assertThat(facts("server")).contains("Open sessions: 1 of 1"));

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
		this.browser.shows("#panel-gone", "There is no server passing.");
	}

	@Test
	void ratesAreThoseOfNow(@SocketConnection("upper") SocketTestClient client) {
		eventually(() -> {
			client.send("ten bytes").expect("TEN BYTES");
			assertThat(this.browser.text(cell("upper", "received"))).matches("[1-9].*/s · .*[1-9].* k?B/s");
			assertThat(this.browser.text(cell("upper", "sent"))).matches("[1-9].*/s · .*[1-9].* k?B/s");
		});
		this.browser.shows(cell("upper", "received"), "0/s · 0 B/s");
	}

	@Test
	void whatNoServerHasIsHidden() {
		this.browser.shows(cell("upper", "state"), "RUNNING");
		assertThat(this.browser.isShown("#datagrams-section")).isFalse();
		assertThat(this.browser.texts("nav a")).doesNotContain("Bridges", "Datagrams");
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
		assertThat(this.browser.text("#confirm-text")).startsWith("Stop server frames, and end its ");
		this.browser.click("#confirm-yes");

		client.expectClosed();
		this.browser.shows(cell("frames", "state"), "STOPPED");
		this.browser.shows(cell("frames", "health"), "UNKNOWN");
		this.browser.shows(cell("frames", "address"), "–");
		SocketTestClient.expectRefused(port);
		assertThat(this.browser.all(button("frames", "stop"))).isEmpty();

		this.browser.click(button("frames", "start"));

		this.browser.shows(cell("frames", "state"), "RUNNING");
		SocketServer frames = this.servers.server("frames").orElseThrow();
		try (SocketTestClient again = SocketTestClient.connect(frames)) {
			again.send("again").expect("again");
		}
	}

	@Test
	void restartsAServerAndLetsItsSessionsGoOn(@SocketConnection("upper") SocketTestClient client) {
		client.send("before").expect("BEFORE");
		SocketServer upper = this.servers.server("upper").orElseThrow();
		Instant started = upper.startedAt();
		choose(server("upper"), "restart");
		this.browser.choose("#confirm [name=sessions]", "go on; only the port closes");
		this.browser.click("#confirm-yes");

		this.browser.shows("#done", "restart server upper: it is RUNNING.");
		assertThat(upper.startedAt()).isAfter(started);
		client.send("after").expect("AFTER");

		choose(server("upper"), "restart");
		this.browser.find("#confirm [name=timeout]").sendKeys("soon");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.text("#problem-text"))
			.startsWith("restart server upper: timeout is 'soon', but must be a duration"));
	}

	@Test
	void drawsTheLastMinutesThatTheApplicationRemembers(@SocketConnection("upper") SocketTestClient client) {
		eventually(() -> {
			client.send("ten bytes").expect("TEN BYTES");
			// One page forgets nothing that another has not seen.
			this.browser.open(root() + "actuator/socketui");
			this.browser.showsThePage();
			assertThat(charts("#charts")).satisfiesExactly(
					(label) -> assertThat(label)
						.matches("Sessions: [1-9]\\d* now; at most [1-9]\\d* in the last fifteen minutes"),
					(label) -> assertThat(label).matches("Messages: .*/s received, .*/s sent now; at most [0-9].*"),
					(label) -> assertThat(label).matches("Bytes: .* B/s received, .*"),
					(label) -> assertThat(label).startsWith("Connections: "),
					(label) -> assertThat(label).startsWith("Handlers: "));
		});
		assertThat(this.browser.texts("#charts figcaption")).containsExactly("Sessions, open", "Messages, per second",
				"Bytes, per second", "Connections, per second", "Handlers, at work");
		eventually(() -> assertThat(this.browser.find(cell("upper", "chart")).getDomAttribute("aria-label"))
			.startsWith("Messages received by upper, at most "));
		assertThat(this.browser.all("#charts canvas")).hasSize(5);

		// What is under the pointer, or where the arrow keys have led.
		this.browser.run("document.querySelector('#charts .plot').focus()");
		this.browser.press(Keys.ARROW_LEFT);
		eventually(() -> assertThat(charts("#charts").get(0)).matches("Sessions at \\d\\d:\\d\\d:\\d\\d: \\d+"));
		this.browser.run("document.activeElement.blur()");
		eventually(() -> assertThat(charts("#charts").get(0)).startsWith("Sessions: "));
	}

	private List<String> charts(String css) {
		return this.browser.all(css + " .plot").stream().map((chart) -> chart.getDomAttribute("aria-label")).toList();
	}

	@Test
	void sortsByItsHeadersAndKeepsThatInTheAddress(@SocketConnection("upper") SocketTestClient client) {
		client.send("here").expect("HERE");
		this.browser.shows(cell("upper", "active"), "1");
		this.browser.click("#servers [data-sort=name]");
		eventually(() -> assertThat(this.browser.texts("#servers [data-cell=name]")).isSorted());
		this.browser.click("#servers [data-sort=active]");
		eventually(() -> assertThat(this.browser.texts("#servers [data-cell=name]")).first().isEqualTo("upper"));
		assertThat(this.browser.find("#servers th:has([data-sort=active])").getDomAttribute("aria-sort"))
			.isEqualTo("descending");

		assertThat(this.browser.run("return location.hash")).isEqualTo("#servers-sort=-active");
		this.browser.run("location.reload()");
		this.browser.showsThePage();
		assertThat(this.browser.texts("#servers [data-cell=name]")).first().isEqualTo("upper");
	}

	@Test
	void drainsAServer(@SocketConnection("upper") SocketTestClient client, @LocalSocketPort("upper") int port) {
		client.send("before").expect("BEFORE");
		choose(server("upper"), "drain");
		assertThat(this.browser.text("#confirm-text")).startsWith("Drain server upper?");
		// Longer than a slow browser takes until the client leaves.
		this.browser.find("#confirm [name=timeout]").sendKeys("2h");
		this.browser.click("#confirm-yes");

		this.browser.shows(cell("upper", "state"), "DRAINING");
		eventually(() -> assertThat(this.browser.text(cell("upper", "state") + " + .beside"))
			.matches("1 of 1 left, until \\d\\d:\\d\\d:\\d\\d"));
		assertThat(this.browser.find(server("upper") + " progress").getAccessibleName())
			.startsWith("Drain of server upper: 1 of 1 left, until ");
		assertThat(this.browser.run("return document.querySelector('" + server("upper") + " progress').position"))
			.isEqualTo(0L);
		eventually(() -> SocketTestClient.expectRefused(port));
		client.send("may go on").expect("MAY GO ON");

		client.close();
		this.browser.shows(cell("upper", "state"), "STOPPED");
	}

	@Test
	void aDrainIsEndedEarly(@SocketConnection("upper") SocketTestClient client) {
		client.send("before").expect("BEFORE");
		this.browser.shows(cell("upper", "active"), "1");
		eventually(() -> assertThat(this.browser.text(server("upper"))).contains("1 of 10,000"));
		choose(server("upper"), "drain");
		assertThat(this.browser.find("#confirm [name=timeout]").getDomAttribute("placeholder")).isEqualTo("27s");
		this.browser.shows("#help-timeout", "such as 500ms, 30s or 2m; 27s if left empty");
		this.browser.shows("#help-delay", "such as 500ms, 30s or 2m; 0s if left empty");
		assertThat(this.browser.run("return document.querySelector('#confirm [name=order]').options[0].text"))
			.isEqualTo("as configured: idle first");
		this.browser.find("#confirm [name=timeout]").sendKeys("2h");
		this.browser.click("#confirm-yes");
		this.browser.click(button("upper", "end-drain"));
		this.browser.shows("#confirm-text",
				"End the drain of server upper now, and close its 1 open session within a second?");
		this.browser.click("#confirm-yes");
		client.expectClosed();
		this.browser.shows(cell("upper", "state"), "STOPPED");
	}

	@Test
	void showsWhatTheApplicationUsesOfWhatItMayUse() {
		eventually(() -> {
			assertThat(this.browser.text("#uptime dd")).matches("\\d+ (s|min|h).*");
			assertThat(this.browser.text("#memory dd")).matches("[\\d.]+ k?B of [\\d.]+ [MG]B");
			assertThat(this.browser.text("#files dd")).matches("[\\d,]+ of [\\d,]+");
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 1280, 900, 400 })
	void chartsHaveSeveralTimes(int width) {
		this.browser.size(width, 900);
		this.browser.run("""
				window.drawn = new Map();
				const before = CanvasRenderingContext2D.prototype.fillText;
				CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
					if (/^\\d\\d:\\d\\d$/.test(text)) {
						window.drawn.set(this.canvas, (window.drawn.get(this.canvas) ?? new Set()).add(text));
					}
					return before.call(this, text, ...where);
				};
				""");
		this.browser.size(width - 20, 900);
		eventually(() -> assertThat(this.browser.run("return [...window.drawn.values()].map(({ size }) => size)"))
			.asInstanceOf(InstanceOfAssertFactories.list(Long.class))
			.hasSize(5)
			.allSatisfy((times) -> assertThat(times).isBetween(3L, 4L)));
	}

	@Test
	void drainsAServerThatGoesOnAccepting() {
		SocketServer frames = this.servers.server("frames").orElseThrow();
		choose(server("frames"), "drain");
		this.browser.find("#confirm [name=delay]").sendKeys("5m");
		this.browser.find("#confirm [name=over]").sendKeys("1m");
		this.browser.choose("#confirm [name=order]", "oldest first");
		this.browser.click("#confirm-yes");
		this.browser.shows(cell("frames", "state"), "DRAINING");
		try (SocketTestClient late = SocketTestClient.connect(frames)) {
			late.send("late").expect("late");
			this.browser.click(cell("frames", "name"));
			eventually(() -> assertThat(this.browser.text("#server-facts"))
				.containsPattern("Draining\\n1 of \\d+ sessions? left, until "));

			this.browser.click("#server-controls [data-action=stop]");
			this.browser.click("#confirm-yes");
			late.expectClosed();
		}
		this.browser.shows(cell("frames", "state"), "STOPPED");
	}

	@Test
	void reportsWhyAnActionIsRefused() {
		this.browser.click("#live");
		this.browser.shows("#connection", "Held, not live");
		SocketServer frames = this.servers.server("frames").orElseThrow();
		frames.stop();
		assertThat(this.browser.text(cell("frames", "state"))).isEqualTo("RUNNING");

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
	void listsTheClients() {
		assertThat(this.browser.texts("#clients [data-cell=name]")).containsExactly("meter");
		this.browser.shows(clientCell("meter", "state"), "STOPPED");
		this.browser.shows(clientCell("meter", "health"), "UNKNOWN");
		assertThat(this.browser.texts("tr[data-client=meter] .actions button:enabled")).containsExactly("Start", "⋯");
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
			eventually(() -> assertThat(this.browser.text(clientCell("meter", "received")))
				.matches("(?!0/s).*/s · .*[1-9].* B/s"));
			eventually(() -> assertThat(frames.sessions()).hasSize(1));

			this.browser.click(clientButton("meter", "disconnect"));
			this.browser.shows(clientCell("meter", "state"), "SUSPENDED");
			this.browser.shows(clientCell("meter", "health"), "OUT_OF_SERVICE");
			eventually(() -> assertThat(frames.sessions()).isEmpty());
			eventually(() -> assertThat(this.browser.text(clientCell("meter", "waiting")))
				.matches("[1-9]\\d* payloads?, [1-9].* B"));
			assertThat(this.browser.all(clientButton("meter", "disconnect"))).isEmpty();

			this.browser.click(clientButton("meter", "reconnect"));
			this.browser.shows(clientCell("meter", "state"), "CONNECTED");
			this.browser.shows(clientCell("meter", "waiting"), "nothing");
			eventually(() -> assertThat(frames.sessions()).hasSize(1));

			this.browser.click(clientButton("meter", "stop"));
			assertThat(this.browser.text("#confirm-text")).startsWith("Stop client meter?");
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
			// No program listens there, or can.
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketClient client = this.clients
				.register(ClientSpec.builder("passing").port(taken.getLocalPort()).framing(Framing.line()).build());
			try {
				client.start();
				eventually(() -> assertThat(this.browser.text(clientCell("passing", "attempts")))
					.matches("[1-9]\\d*, of which [1-9]\\d* refused"));
				eventually(() -> assertThat(this.browser.texts("#attention li"))
					.filteredOn((text) -> text.contains("passing"))
					.singleElement()
					.asString()
					.matches("Client passing is not connected to 127.0.0.1:" + taken.getLocalPort()
							+ ": nothing accepts connections there\\. It tries again (in \\d+ s|now)\\."
							+ " See clients\\.md in the documentation\\."));
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

	/** Connects, and is cut off sooner or later. */
	private static void isRefused(SocketServer server) {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(Patience.millis());
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

}
