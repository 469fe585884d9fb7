package dev.socketserver.demo;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Sessions on the page for operators.
 */
@Tag("long")
class SessionsPageTests extends AbstractPageTests {

	/** Notes how long the page waits for each answer. */
	static final String LIMITS = """
			window.limits = [];
			const before = AbortSignal.timeout;
			AbortSignal.timeout = (millis) => {
				window.limits.push(millis);
				return before.call(AbortSignal, millis);
			};
			""";

	private static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	/** Both ends are in this process, which may have 20,000 descriptors. */
	private static final int MANY = SOAK ? 9_000 : 400;

	@Test
	void showsASessionAsItIsNow(@SocketConnection("chat") SocketTestClient client) {
		String id = idOf("chat", client);
		this.browser.shows(sessionCell(id, "state"), "OPEN");
		this.browser.shows(sessionCell(id, "server"), "chat");
		this.browser.shows(sessionCell(id, "peer"), "127.0.0.1:" + client.localAddress().getPort());

		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#panel-title", "Session " + id);
		assertThat(this.browser.isShown("#attributes")).isFalse();
		eventually(() -> assertThat(facts("session")).contains("Waiting: nothing",
				"Rates: 0/s · 0 B/s received, 0/s · 0 B/s sent"));
		assertThat(this.browser.run("return document.querySelector('" + sessionCell(id, "waiting") + "').textContent"))
			.isEqualTo("nothing");
		assertThat(oneLine("#say > *")).isTrue();
		client.send("/name Ann");
		session(id).rate("100/s", "1MB/s");

		eventually(() -> assertThat(fact("Allowed rate")).isEqualTo("messages 100/s, bytes 1MB/s"));
		this.browser.shows("#attributes tbody tr", "name Ann");
		eventually(() -> assertThat(this.browser.texts("#details tbody tr")).contains("name Ann"));
		assertThat(fact("Peer")).isEqualTo("127.0.0.1:" + client.localAddress().getPort());
		assertThat(fact("Messages")).startsWith("1 received");
		this.browser.shows(sessionCell(id, "received"), "1");

		client.endOutput();

		this.browser.hides("tr[data-session=" + id + "]");
		eventually(() -> assertThat(this.browser.isShown("#session-gone")).isTrue());
		this.browser.shows("#attributes tbody tr", "name Ann");
		eventually(() -> assertThat(fact("Reason")).isEqualTo("PEER_CLOSED"));

		this.browser.choose("#filter-server", "chat");
		this.browser.choose("#filter-state", "ended");
		this.browser.shows(sessionCell(id, "state"), "PEER_CLOSED");
		assertThat(this.browser.all(row(id) + " [data-action]:not([data-action=more])"))
			.allMatch((button) -> !button.isEnabled());
		this.browser.choose("#filter-state", "open, all");
		this.browser.hides("tr[data-session=" + id + "]");
	}

	private boolean oneLine(String css) {
		return (Boolean) this.browser
			.run("""
					const middles = [...document.querySelectorAll('%s')].filter((one) => one.checkVisibility()).map((one) => {
						const { top, height } = one.getBoundingClientRect();
						return top + height / 2;
					});
					return middles.length > 3 && Math.max(...middles) - Math.min(...middles) < 5;
					"""
				.formatted(css));
	}

	@ParameterizedTest
	@ValueSource(strings = { "<img src=x onerror=\"document.title='taken'\">",
			"<script>document.title='taken'</script>", "&lt;b&gt; \"'><svg onload=\"document.title='taken'\">" })
	void whatAPeerSaysIsText(String name, @SocketConnection("chat") SocketTestClient client) {
		String id = idOf("chat", client);
		session(id).attributes().put(name, "by name");
		session(id).bind(name, name);
		session(id).join(name);
		this.browser.shows(sessionCell(id, "who"), name + ":" + name);
		this.browser.click(sessionCell(id, "id"));
		client.send("/name " + name);

		eventually(() -> assertThat(this.browser.texts("#details td")).contains(name));
		eventually(() -> assertThat(this.browser.texts("#attributes td")).containsExactlyInAnyOrder("name", name, name,
				"by name"));

		assertThat(fact("Identities")).isEqualTo(name + ":" + name);
		assertThat(fact("Groups")).isEqualTo(name);
		type("#filter-group", name);
		this.browser.shows("#close-all", "Close these sessions…");
		this.browser.click("#close-all");
		this.browser.shows("#confirm-text", "Close 1 open session with group " + name + "?");
		this.browser.click("#confirm-yes");
		this.browser.shows("#done", "close sessions with group " + name + ": 1 session closed.");
		assertThat(this.browser.all(
				"main img, main script, main b, main svg, aside img, aside script, aside b, aside svg, #done *, #confirm-text *"))
			.isEmpty();
		assertThat(this.browser.title()).isEqualTo("Socket servers");
	}

	@Test
	void closesASession(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		choose(row(id), "close");
		this.browser.shows("#confirm-text", "Close session " + id + "?");
		this.browser.click("#confirm-no");
		this.browser.hides("#confirm");
		client.send("still here").expect("STILL HERE");

		choose(row(id), "close");
		this.browser.click("#confirm-yes");

		client.expectClosed();
		this.browser.shows("#done", "close session " + id + ": done.");
		this.browser.hides("tr[data-session=" + id + "]");
		this.browser.click(cell("upper", "name"));
		eventually(() -> assertThat(this.browser.texts("#closed tbody tr"))
			.anyMatch((row) -> row.matches("OPERATOR_CLOSED [1-9][\\d,]*")));
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
		eventually(() -> assertThat(this.browser.isShown("#no-sessions")).isTrue());
	}

	@Test
	void filtersSessions(@SocketConnection("chat") SocketTestClient ann, @SocketConnection("chat") SocketTestClient ben,
			@SocketConnection("upper") SocketTestClient other) {
		String annId = idOf("chat", ann);
		String benId = idOf("chat", ben);
		String otherId = idOf("upper", other);
		session(annId).bind("device", "4711");
		session(annId).join("room");
		session(benId).join("room");
		session(otherId).pauseReads();
		showsInAnyOrder(annId, benId, otherId);

		type("#filter-bound", "device:4711");
		showsSessions(List.of(annId));
		this.browser.shows(sessionCell(annId, "who"), "device:4711");
		this.browser.click("#filter-clear");
		type("#filter-group", "room");
		showsInAnyOrder(annId, benId);
		type("#filter-remote", "10.0.0.0/8");
		showsSessions(List.of());
		this.browser.click("#filter-clear");
		this.browser.choose("#filter-state", "open, paused");
		showsSessions(List.of(otherId));
		this.browser.click("#filter-clear");
		type("#filter-remote", "localhost");
		eventually(() -> assertThat(this.browser.text("#filter-problem"))
			.startsWith("remote is 'localhost', but must be an address"));
		assertThat(this.browser.text("#connection")).isEqualTo("Connected");
		this.browser.click("#filter-clear");
		this.browser.hides("#filter-problem");
		showsInAnyOrder(annId, benId, otherId);

		ben.send("more bytes than the others");
		this.browser.choose("#sort", "most bytes first");
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).first().isEqualTo(benId));
		// Who does not read does not see that the peer goes.
		session(otherId).resumeReads();
	}

	@ParameterizedTest
	@CsvSource({ "most waiting first, pending", "most handler time first, handler-time", "most bytes first, bytes",
			"oldest first, age" })
	void ordersSessions(String shown, String parameter, @SocketConnection("upper") SocketTestClient first,
			@SocketConnection("upper") SocketTestClient second) {
		first.send("one").expect("ONE");
		second.send("two").expect("TWO");
		this.browser.choose("#sort", shown);
		// As the endpoint has it, which is tested by itself.
		eventually(() -> {
			Object reported = this.browser.run("return fetch('/actuator/socketsessions?sort=" + parameter
					+ "').then((response) => response.json()).then(({ sessions }) => sessions.map(({ id }) => id))");
			assertThat(this.browser.texts("#sessions [data-cell=id]")).hasSize(2).isEqualTo(reported);
		});
	}

	@Test
	void closesWhatTheFilterShows(@SocketConnection("chat") SocketTestClient ann,
			@SocketConnection("chat") SocketTestClient ben, @SocketConnection("chat") SocketTestClient other) {
		session(idOf("chat", ann)).join("room");
		session(idOf("chat", ben)).join("room");
		String otherId = idOf("chat", other);
		this.browser.shows(sessionCell(otherId, "server"), "chat");
		assertThat(this.browser.isShown("#close-all")).isFalse();

		this.browser.choose("#filter-server", "chat");
		type("#filter-group", "room");
		this.browser.hides("tr[data-session=" + otherId + "]");
		this.browser.click("#close-all");
		this.browser.shows("#confirm-text", "Close 2 open sessions with server chat, group room?");
		this.browser.click("#confirm-no");
		ann.send("/name Ann");
		this.browser.click("#close-all");
		this.browser.click("#confirm-yes");

		this.browser.shows("#done", "close sessions with server chat, group room: 2 sessions closed.");
		eventually(() -> assertThat(this.servers.server("chat").orElseThrow().sessions()).extracting(SocketSession::id)
			.containsExactly(otherId));
		this.browser.choose("#filter-state", "ended");
		this.browser.hides("#close-all");
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=state]")).contains("OPERATOR_CLOSED"));
	}

	/**
	 * The clicks of a quick person, all before the page does anything else: what a
	 * browser notes of a dialog comes after them.
	 */
	@ParameterizedTest
	@CsvSource({ "confirm-no close-all confirm-yes", "confirm-yes close-all confirm-no" })
	void eachQuestionHasItsOwnAnswer(String clicks, @SocketConnection("upper") SocketTestClient client) {
		session(idOf("upper", client)).join("room");
		type("#filter-group", "room");
		this.browser.shows("#close-all", "Close these sessions…");
		this.browser.shows("#place", "Page 1, 1 of 1");
		this.browser.click("#close-all");
		this.browser.press(Keys.ESCAPE);
		this.browser.hides("#confirm");
		this.browser.click("#close-all");

		this.browser.run("'" + clicks + "'.split(' ').forEach((id) => document.getElementById(id).click())");

		this.browser.shows("#done", "close sessions with group room: 1 session closed.");
		client.expectClosed();
	}

	@Test
	void speaksToAPeer(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#panel-title", "Session " + id);
		this.browser.shows("#send", "Send");
		this.browser.find("#payload").sendKeys("We close at six.");
		this.browser.click("#send");
		client.expect("We close at six.");
		this.browser.shows("#done", "send to session " + id + ": done.");

		this.browser.click("#ask");
		client.expect("We close at six.").send("<b>So what?</b>");
		this.browser.shows("#said", "<b>So what?</b>");
		assertThat(this.browser.isShown("#eval")).isFalse();
	}

	@Test
	void waitsForAPeerAsLongAsItIsTold(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.click(sessionCell(id, "id"));
		this.browser.shows("#panel-title", "Session " + id);
		this.browser.shows("#ask", "Ask");
		this.browser.run(LIMITS);
		this.browser.find("#payload").sendKeys("Still there?");
		for (String time : List.of("", "30s", "1h")) {
			this.browser.find("#reply-timeout").clear();
			this.browser.find("#reply-timeout").sendKeys(time);
			this.browser.click("#ask");
			if (time.equals("1h")) {
				this.browser.shows("#problem-text", "ask session " + id + ": timeout is '1h', but must be at most 5m");
				this.browser.click("#problem-dismiss");
			}
			else {
				client.expect("Still there?").send("yes " + time);
				this.browser.shows("#said", ("yes " + time).trim());
			}
		}
		assertThat(this.browser.run("return window.limits.filter((limit) => limit !== 10_000)"))
			.isEqualTo(List.of(15_000L, 40_000L, 310_000L));
	}

	@Test
	void cutsNoCharacterOfALongMessage() {
		for (String each : List.of("é", "€", "😀")) {
			for (int before = 0; before < 4; before++) {
				String text = "x".repeat(before) + each.repeat(2048);
				byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
				int length = each.getBytes(StandardCharsets.UTF_8).length;
				int shown = (4096 - before) / length;
				assertThat(this.browser.run(
						"return import('/actuator/socketui/tap-text.js').then(({ messageText }) => messageText('%s', false))"
							.formatted(Base64.getEncoder().encodeToString(bytes))))
					.isEqualTo("\"" + "x".repeat(before) + each.repeat(shown) + "\""
							+ ((shown < 2048) ? " and " + length * (2048 - shown) + " bytes more" : ""));
			}
		}
		assertThat(this.browser.run("return import('/actuator/socketui/tap-text.js').then(({ messageText }) => "
				+ "messageText(btoa('\\x80'.repeat(4097)), false))"))
			.isEqualTo("\"" + "\\x80".repeat(4096) + "\" and 1 bytes more");
	}

	@Test
	void showsWhatASessionReceivesAndSends(@SocketConnection("upper") SocketTestClient client) {
		String id = idOf("upper", client);
		this.browser.click(sessionButton(id, "tap"));
		assertThat(this.browser.find("#confirm [name=session]").getDomProperty("value")).isEqualTo(id);
		this.browser.find("#confirm [name=for]").sendKeys("2m");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.texts("#taps [data-cell=state]")).containsExactly("RUNNING"));
		String tap = this.browser.text("#taps [data-cell=id]").split(" ")[0];

		client.send("<b>quiet</b>").expect("<B>QUIET</B>");
		kept("\"<b>quiet</b>\\n\"", "\"<B>QUIET</B>\\n\"");
		client.send("louder").expect("LOUDER");
		kept("\"<b>quiet</b>\\n\"", "\"<B>QUIET</B>\\n\"", "\"louder\\n\"", "\"LOUDER\\n\"");

		// Of much only the end is asked for.
		for (int i = 0; i < 10; i++) {
			client.send("x".repeat(20_000)).expect("X".repeat(20_000));
		}
		client.send("last").expect("LAST");
		eventually(() -> assertThat(this.browser.texts("#tap-text code")).hasSizeBetween(3, 10)
			.last()
			.isEqualTo("\"LAST\\n\""));
		assertThat(this.browser.texts("#tap-text code")).anyMatch((text) -> text.endsWith("\" and 15905 bytes more"));
		assertThat(this.browser.text("#tap-shown")).matches("\\d+ of 26; the download has all");
		assertThat((Long) this.browser
			.run("""
					return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('?format=json')).at(-1)
							.encodedBodySize;
					"""))
			.isLessThan(100_000);
		assertThat(downloaded("pcap")).isEqualTo("application/vnd.tcpdump.pcap");
		assertThat(downloaded("txt")).startsWith("text/plain");

		this.browser.click("tr[data-tap=" + tap + "] [data-action=end]");
		this.browser.click("#confirm-yes");
		this.browser.shows("#done", "end tap " + tap + ": done.");
		eventually(() -> assertThat(this.browser.isShown("#no-taps")).isTrue());
	}

	private void kept(String... texts) {
		eventually(() -> assertThat(this.browser.texts("#tap-text code")).containsExactly(texts));
	}

	@Test
	void showsTheLastFramesOfASessionThatFailed(@SocketConnection("frames") SocketTestClient client) {
		String id = idOf("frames", client);
		this.browser.click(sessionCell(id, "id"));
		client.send("well").expect("well");
		this.browser.shows("#panel-title", "Session " + id);
		assertThat(this.browser.isShown("#recorder")).isFalse();

		client.sendRaw(new byte[] { Byte.MAX_VALUE, 0, 0, 0 });

		eventually(() -> assertThat(fact("Reason")).startsWith("FRAME_TOO_LARGE"));
		eventually(() -> assertThat(this.browser.text("#recorded")).contains("well\"\n< \"", "! FRAME_TOO_LARGE"));
	}

	/** What a link leads to. */
	private String downloaded(String link) {
		return (String) this.browser.run("return fetch(document.querySelector('#taps [data-link=" + link
				+ "]').href).then((response) => response.headers.get('Content-Type'))");
	}

	@Test
	void showsThousandsOfSessionsWithoutAStutter() throws IOException {
		SocketServer upper = this.servers.server("upper").orElseThrow();
		this.browser.choose("#filter-server", "upper");
		this.browser.choose("#size", "100");
		// Those of other tests leave.
		eventually(() -> assertThat(upper.sessions()).isEmpty());
		List<SocketChannel> peers = new ArrayList<>();
		try {
			long before = upper.statistics().opened();
			for (int i = 1; i <= MANY; i++) {
				peers.add(SocketChannel.open(upper.localAddress()));
				if (i % 50 == 0) {
					// So that the backlog does not overflow.
					long opened = before + i;
					await().pollInterval(Duration.ofMillis(5)).until(() -> upper.statistics().opened() == opened);
				}
			}
			String open = String.format(Locale.ROOT, "%,d", upper.statistics().active());
			this.browser.shows("#place", "Page 1, 100 of " + open);
			assertThat(this.browser.all("#sessions tbody tr")).hasSize(100);

			turnPages(open);
			if (SOAK) {
				isQuick(open);
			}

			this.browser.click("#close-all");
			this.browser.shows("#confirm-text", "Close " + open + " open sessions with server upper?");
			this.browser.click("#confirm-yes");
			this.browser.shows("#done", "close sessions with server upper: " + open + " sessions closed.");
		}
		finally {
			Opened.closeAll(peers);
		}
		await().until(() -> upper.statistics().active() == 0);
	}

	private void turnPages(String open) {
		this.browser.choose("#sort", "as they opened");
		this.browser.shows("#place", "Page 1, 100 of " + open);
		this.browser.click("#next");
		this.browser.shows("#place", "Page 2, 100 of " + open);
		this.browser.choose("#sort", "oldest first");
		this.browser.shows("#place", "Page 1, 100 of " + open);
		this.browser.click("#next");
		this.browser.shows("#place", "Page 2, 100 of " + open);
	}

	/**
	 * What holds a person up, while the page is refreshed and turned. The best of some
	 * rounds counts: a browser that shares the processor with others is slow without a
	 * mistake of the page.
	 */
	private void isQuick(String open) {
		List<Round> rounds = new ArrayList<>();
		do {
			this.browser.run("""
					window.tasks?.disconnect();
					window.longTasks = [];
					window.tasks = new PerformanceObserver((list) =>
						window.longTasks.push(...list.getEntries().map(({ duration }) => duration)));
					window.tasks.observe({ type: 'longtask' });
					performance.clearResourceTimings();
					""");
			turnPages(open);
			rounds.add(new Round(numbers("return window.longTasks"),
					numbers("""
							return performance.getEntriesByType('resource').filter(({ name }) => name.includes('socketsessions?'))
									.map(({ duration }) => duration);
							""")));
		}
		while (rounds.size() < 10 && rounds.stream().noneMatch(Round::isQuick));
		System.out.println("The page with " + open + " sessions, in milliseconds: " + rounds);
		assertThat(rounds).anyMatch(Round::isQuick);
	}

	private List<Double> numbers(String script) {
		return ((List<?>) this.browser.run(script)).stream().map((each) -> ((Number) each).doubleValue()).toList();
	}

	/**
	 * What was measured.
	 *
	 * @param longTasks tasks of the browser that took 50 ms or more
	 * @param answers how long the application took to answer for a page
	 */
	private record Round(List<Double> longTasks, List<Double> answers) {

		boolean isQuick() {
			return this.longTasks.isEmpty() && this.answers.stream().allMatch((answer) -> answer < 200);
		}

	}

	private void type(String css, String text) {
		this.browser.find(css).clear();
		this.browser.find(css).sendKeys(text);
	}

	/** Connections that are made together become sessions in any order. */
	private void showsInAnyOrder(String... ids) {
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).containsExactlyInAnyOrder(ids));
	}

	private void showsSessions(List<String> ids) {
		eventually(() -> assertThat(this.browser.texts("#sessions [data-cell=id]")).isEqualTo(ids));
	}

}
