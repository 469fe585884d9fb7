package dev.socketserver.repl;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.repl.ConsoleApplication.Orders;
import dev.socketserver.repl.evaluate.Interpreter;
import dev.socketserver.repl.evaluate.ReplTimer;
import dev.socketserver.repl.evaluate.ValueText;
import dev.socketserver.repl.terminal.ClientOutput;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class ReplTests {

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		Stream<String> consoles = Stream.of("windows-1251", "GBK", "GB18030", "UTF-8", "ISO-8859-1", "ISO-2022-JP")
			.flatMap((charset) -> Stream.of("port=0", "handler=repl", "charset=" + charset)
				.map((property) -> "--socket.servers." + console(charset) + "." + property));
		context = ConsoleApplication
			.run(Stream.concat(Stream.of("--socket.servers.upper.port=0", "--socket.repl.prompt=> "), consoles)
				.toArray(String[]::new));
	}

	private static String console(String charset) {
		return charset.toLowerCase(Locale.ROOT);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	private static ConsolePeer connect() throws IOException {
		ConsolePeer peer = ConsolePeer.connect(context, "console");
		assertThat(peer.until("> ")).as("a prompt before any input").isEmpty();
		return peer;
	}

	/** A servlet container warns of each thread that an application leaves behind. */
	@Test
	void threadsEndWithTheApplication() throws Exception {
		Thread main = Thread.currentThread();
		ClassLoader before = main.getContextClassLoader();
		try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
			main.setContextClassLoader(application);
			try (ConfigurableApplicationContext other = ConsoleApplication.run("--socket.repl.prompt=> ")) {
				try (ConsolePeer peer = ConsolePeer.connect(other, "console")) {
					peer.until("> ");
					assertThat(peer.ask("1 + 1", "> ")).isEqualTo("2");
				}
				await().until(() -> threads(application).contains(ReplTimer.THREAD));
			}
			finally {
				main.setContextClassLoader(before);
			}
			await().untilAsserted(() -> assertThat(threads(application)).isEmpty());
		}
	}

	private static List<String> threads(ClassLoader application) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getContextClassLoader() == application)
			.map(Thread::getName)
			.toList();
	}

	@Test
	void evaluatesExpressionsWithBeansAndVariables() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask("1 + 1", "> ")).isEqualTo("2");
			int count = Integer.parseInt(peer.ask("@orders.place()", "> "));
			assertThat(peer.ask("@orders.count()", "> ")).isEqualTo("" + count);
			peer.holds("> ", """
					> #v = 41
					41
					> #v + 1
					42
					> {#v, 'two', null}
					[41, two, null]
					> {a: 1, b: {2, 3}}
					{a=1, b=[2, 3]}
					> new int[]{1, 2}
					[1, 2]
					> T(java.time.Duration).ofSeconds(60)
					PT1M
					""");
			assertThat(peer.ask("#session.id()", "> ")).startsWith("console-");
		}
	}

	@Test
	void keepsTheLastThreeResultsAndTheLastFailure() throws Exception {
		try (ConsolePeer peer = connect()) {
			peer.ask("'a'", "> ");
			peer.ask("'b'", "> ");
			peer.ask("'c'", "> ");
			assertThat(peer.ask("#_1 + #_2 + #_3", "> ")).isEqualTo("cba");
			assertThat(peer.ask("@orders.fail()", "> ")).isEqualTo("java.lang.IllegalStateException: sold out");
			assertThat(peer.ask("#_e.message", "> ")).isEqualTo("sold out");
			assertThat(peer.ask("1 +", "> ")).contains("EL1");
			assertThat(peer.ask("#_1", "> ")).as("a failure is no result").isEqualTo("sold out");
			assertThat(peer.ask("null", "> ")).isEqualTo("null");
			assertThat(peer.ask("#_1", "> ")).isEqualTo("null");
		}
	}

	@Test
	void sessionsHaveVariablesOfTheirOwn() throws Exception {
		try (ConsolePeer one = connect(); ConsolePeer other = connect()) {
			one.ask("#v = 1", "> ");
			assertThat(other.ask("#v", "> ")).isEqualTo("null");
		}
	}

	@Test
	void evaluatesSeveralExpressionsOfALineUpToTheFirstThatFails() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask("#a = 1; #b = ';'; #a", "> ")).isEqualTo("1\n;\n1");
			assertThat(peer.ask("#a; @orders.fail(); #a = 2", "> "))
				.isEqualTo("1\njava.lang.IllegalStateException: sold out");
			assertThat(peer.ask("#a", "> ")).isEqualTo("1");
			assertThat(peer.type("\n").until("> ")).as("an empty line prompts again").isEmpty();
		}
	}

	@Test
	void inputGoesOnWhileSomethingIsOpen() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.type("{1,\n").until("... ")).isEmpty();
			assertThat(peer.type("2\n").until("... ")).isEmpty();
			assertThat(peer.ask("}", "> ")).isEqualTo("[1, 2]");
			assertThat(peer.type("'it''s\n").until("... ")).isEmpty();
			assertThat(peer.ask("two'", "> ")).isEqualTo("it's\ntwo");
			assertThat(peer.type("(1\n").until("... ")).isEmpty();
			assertThat(peer.ask(":quit", "> ")).isEqualTo("Unfinished input was dropped");
			assertThat(peer.type("(1\n").until("... ")).isEmpty();
			assertThat(peer.send((byte) 3).until("> ")).isEqualTo("\n");
			assertThat(peer.ask("3", "> ")).isEqualTo("3");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void understandsTelnetOneByteAtATime(boolean byteByByte) throws Exception {
		try (ConsolePeer peer = connect()) {
			if (byteByByte) {
				peer.byteByByte();
			}
			assertThat(peer.type("'Wörld €𝄞'\r\n").until("\r\n> ")).isEqualTo("Wörld €𝄞");
			// Unlike an expression, a command begins with its first character.
			assertThat(peer.type("'a'\r\0:attach b\r").until("'b'\r\n> "))
				.isEqualTo("a\r\n> There is no open session ");
			// WILL NAWS within a word, which is refused; a subnegotiation with an IAC in
			// it.
			peer.send(ConsolePeer.octets('4', 255, 251, 31, '2', 255, 250, 31, 255, 255, 'x', 255, 240, '\r', '\n'));
			assertThat(peer.until("42\r\n> ").getBytes(StandardCharsets.UTF_8)).isNotEmpty();
			assertThat(peer.type("'ü\bX\b12'\b'\r\n").until("\r\n> ")).isEqualTo("12");
			assertThat(peer.type("{1,\r\n2}\r\n").until("\r\n> ")).isEqualTo("... [1, 2]");
			assertThat(peer.type("T(System).out.print('x' + T(Character).toString(10) + 'y')\r\n").until("\r\n> "))
				.isEqualTo("x\r\ny\r\nnull");
		}
	}

	@Test
	void refusesTelnetOptionsButAnswersATimingMark() throws Exception {
		try (ConsolePeer peer = connect()) {
			peer.send(ConsolePeer.octets(255, 253, 1, 255, 254, 1, 255, 252, 1, 255, 253, 6, '\n'));
			byte[] expected = ConsolePeer.octets(255, 252, 1, 255, 251, 6, '>', ' ');
			assertThat(peer.bytes(expected.length)).isEqualTo(expected);
		}
	}

	/**
	 * RFC 854, "The TELNET Synch signal": a client sends IAC DM, of which DM is urgent
	 * data and does not come as one of the others.
	 */
	@Test
	void aSynchTakesNothingOfWhatFollowsIt() throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("synched", orders);
		try (ConsolePeer peer = connect()) {
			peer.send(ConsolePeer.octets(255)).urgent(242);
			assertThat(peer.ask("12", "> ")).isEqualTo("12");
			// A synch, then an interrupt.
			peer.type("@synched.waits()\n");
			Patience.await(orders.waiting);
			peer.send(ConsolePeer.octets(255)).urgent(242).send(ConsolePeer.octets(255, 244, 255)).urgent(242);
			assertThat(peer.until("Interrupted\n> ")).contains("java.lang.InterruptedException");
			assertThat(peer.send(ConsolePeer.octets(255, 253, 6)).bytes(3)).isEqualTo(ConsolePeer.octets(255, 251, 6));
			assertThat(peer.ask("3", "> ")).isEqualTo("3");
		}
	}

	/**
	 * RFC 854: 255 is IAC, and is sent twice where it is text, which it is in many
	 * charsets. In windows-1251 it is the last letter of the Russian alphabet.
	 */
	@Test
	void bytesOfTelnetMayBeLetters() throws Exception {
		try (ConsolePeer telnet = ConsolePeer.connect(context, console("windows-1251"));
				ConsolePeer program = ConsolePeer.connect(context, console("windows-1251"))) {
			assertThat(telnet.bytes(2)).isEqualTo(ConsolePeer.octets('>', ' '));
			telnet.send(ConsolePeer.octets('\'', 255, 255, 'a', '\'', '\r', '\n'));
			assertThat(telnet.bytes(7)).isEqualTo(ConsolePeer.octets(255, 255, 'a', '\r', '\n', '>', ' '));

			assertThat(program.bytes(2)).isEqualTo(ConsolePeer.octets('>', ' '));
			program.send(ConsolePeer.octets('\'', 255, 255, 'a', '\'', '\n'));
			assertThat(program.bytes(5)).isEqualTo(ConsolePeer.octets(255, 'a', '\n', '>', ' '));
		}
	}

	/**
	 * In UTF-8, bytes from 0x80 to 0xBF go on with a character; elsewhere they are one.
	 */
	@ParameterizedTest
	@CsvSource({ "windows-1251, \u0451", "GBK, \u4e2d", "GB18030, \ud83d\ude00", "UTF-8, \u4e2d",
			"ISO-8859-1, \u00b0" })
	void erasesOneCharacterInAnyCharset(String charset, String character) throws Exception {
		Charset typed = Charset.forName(charset);
		try (ConsolePeer peer = ConsolePeer.connect(context, console(charset))) {
			peer.until("> ");
			peer.send(("'ab" + character + "\b'\n").getBytes(typed));
			assertThat(peer.until("\n> ")).isEqualTo("ab");
		}
	}

	/** Bytes that only say how others are to be read, and bytes that mean nothing. */
	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "ISO-2022-JP, `\u001b(B\b'ab'`, ab", "GBK, `'\u0080'.codePointAt(0)x\b`, 65533" })
	void erasesNothingElse(String charset, String typed, String shown) throws Exception {
		try (ConsolePeer peer = ConsolePeer.connect(context, console(charset))) {
			peer.until("> ");
			peer.send((typed + "\n").getBytes(StandardCharsets.ISO_8859_1));
			assertThat(peer.until("\n> ")).isEqualTo(shown);
		}
	}

	@Test
	void answersWhatWasPipedIntoItBeforeItEnds() throws Exception {
		try (ConsolePeer peer = connect()) {
			peer.type("#a = 1\n#a + 1\n:name piped\n#a + 2");
			peer.endOutput();
			assertThat(peer.rest()).isEqualTo("1\n> 2\n> piped\n> 3\n> ");
		}
	}

	@Test
	void quitAndTheEndCharacterCloseTheSession() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.type(":quit\n1\n").rest()).isEmpty();
		}
		try (ConsolePeer peer = connect()) {
			assertThat(peer.send((byte) 4).rest()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0003", "telnet" })
	void anInterruptEndsWhatIsEvaluated(String interrupt) throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("waiting-" + interrupt.length(), orders);
		try (ConsolePeer peer = connect()) {
			peer.type("@'waiting-" + interrupt.length() + "'.waits()\n'typed ahead'\n");
			Patience.await(orders.waiting);
			if (interrupt.length() == 1) {
				peer.type(interrupt);
			}
			else {
				peer.send(ConsolePeer.octets(255, 244, 255, 253, 6));
			}
			assertThat(peer.until("Interrupted\n> ")).contains("java.lang.InterruptedException");
			// That the mark was seen is said beside what is printed.
			String marked = new String(ConsolePeer.octets(255, 251, 6), StandardCharsets.UTF_8);
			assertThat(peer.ask("1", "> ").replace(marked, "")).isEqualTo("1");
		}
	}

	@Test
	void anInterruptEndsAllThatIsOnALine() throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("many", orders);
		try (ConsolePeer peer = connect()) {
			peer.ask("#s = 'x'.repeat(60000)", "> ");
			// Over a gigabyte, which is not read until the interrupt is on its way.
			peer.type("@many.begins();" + "#s;".repeat(20_000) + "\n");
			Patience.await(orders.waiting);
			peer.send((byte) 3);
			assertThat(peer.until("Interrupted\n> ").length()).isLessThan(600_000_000);
			assertThat(peer.ask("1", "> ")).isEqualTo("1");
		}
	}

	@Test
	void aSessionGoesOnWhateverHasNoText() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask("#bad = @orders.unspeakable()", "> "))
				.isEqualTo("java.lang.StackOverflowError: no text");
			peer.ask("#good = 1", "> ");
			assertThat(peer.ask(":state", "> ")).contains("#bad = (java.lang.StackOverflowError: no text)")
				.contains("#good = 1");
			assertThat(peer.ask("1", "> ")).isEqualTo("1");
		}
	}

	@Test
	void expressionsGoThroughLongLists() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask("T(java.util.Collections).nCopies(50000, 1).![#this + 1].size()", "> "))
				.isEqualTo("50000");
		}
	}

	@Test
	void anEvaluationIsInterruptedWhenItsPeerLeaves() throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("left", orders);
		ConsolePeer peer = connect();
		peer.type("@left.waits()\n");
		Patience.await(orders.waiting);
		peer.reset();
		Patience.await(orders.interrupted);
	}

	@Test
	void anEvaluationIsInterruptedSoonAfterItsPeerHasEndedItsOutput() throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("ended", orders);
		try (ConsolePeer peer = connect()) {
			peer.type("@ended.waits()\n1\n");
			Patience.await(orders.waiting);
			peer.endOutput();
			assertThat(peer.rest()).contains("Interrupted\n> 1\n");
		}
	}

	@Test
	void aSessionWhoseEvaluationDoesNotReactIsClosed(CapturedOutput log) throws Exception {
		Orders orders = new Orders();
		context.getBeanFactory().registerSingleton("stubborn", orders);
		try (ConsolePeer peer = connect()) {
			String id = peer.ask("#session.id()", "> ");
			SocketSession session = context.getBean(SocketServers.class).session(id).orElseThrow();
			peer.type("@stubborn.ignores()\n");
			Patience.await(orders.waiting);
			peer.send((byte) 3);
			assertThat(peer.rest()).isEmpty();
			assertThat(log).contains("Session " + id + ": an evaluation does not react to its interrupt")
				.contains("ConsoleApplication$Orders.ignores");
			orders.released.complete("released");
			assertThat(Patience.await(session.closed()).reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
		finally {
			orders.released.complete("released");
		}
	}

	@Test
	void everyEvaluationIsAudited(CapturedOutput log) throws Exception {
		try (ConsolePeer peer = connect()) {
			String id = peer.ask("#session.id()", "> ");
			peer.ask("'first' + \u001B31m", "> ");
			peer.type("{'second',\n").until("... ");
			peer.ask("'third'}", "> ");
			peer.ask(":servers", "> ");
			assertThat(log.getAll().lines().filter((line) -> line.contains("repl.audit") && line.contains(id)))
				.anySatisfy((line) -> assertThat(line)
					.matches(".*" + id + " from 127\\.0\\.0\\.1:\\d+: #session\\.id\\(\\)"))
				.anySatisfy((line) -> assertThat(line).endsWith(": 'first' + \\u001b31m"))
				.anySatisfy((line) -> assertThat(line).endsWith(": {'second',\\n'third'}"))
				.anySatisfy((line) -> assertThat(line).endsWith(": :servers"));
		}
	}

	@Test
	void boundsInputAndOutput() throws Exception {
		try (ConsolePeer peer = connect()) {
			peer.ask("1", "> ");
			assertThat(peer.ask("'" + "x".repeat(Interpreter.MAX_INPUT) + "'", "> "))
				.isEqualTo("Input longer than 65536 characters was dropped");
			peer.type("{'" + "x".repeat(40_000) + "',\n").until("... ");
			assertThat(peer.ask("'" + "x".repeat(40_000) + "'}", "> "))
				.isEqualTo("Input longer than 65536 characters was dropped");
			assertThat(peer.ask("'x'.repeat(100000)", "> ")).hasSizeBetween(ValueText.MAX, ValueText.MAX + 20)
				.endsWith("... (cut)");
			assertThat(peer.ask("T(java.util.stream.IntStream).range(0, 1000000).toArray()", "> "))
				.hasSizeBetween(ValueText.MAX, ValueText.MAX + 40);
			assertThat(peer.ask("T(System).out.print('y'.repeat(2000000)); 1", "> "))
				.hasSizeBetween(ClientOutput.MAX_PRINTED, ClientOutput.MAX_PRINTED + 200)
				.endsWith("no more output: this evaluation has printed 1048576 bytes)\nnull\n1");
		}
	}

	@Test
	void whatIsShownHasNoControlCharacters() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask("'a' + T(Character).toString(27) + '[2J' + T(Character).toString(10) + 'b'", "> "))
				.isEqualTo("a\\u001b[2J\nb");
			// A tag, of which nothing would be seen.
			assertThat(peer.ask("'a' + T(Character).toString(0xe0041) + 'b'", "> ")).isEqualTo("a\\udb40\\udc41b");
		}
	}

	@Test
	void aBrowserIsNotListenedTo(CapturedOutput log) throws Exception {
		int before = context.getBean("orders", Orders.class).count();
		try (ConsolePeer peer = connect()) {
			peer.type("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n@orders.place()\r\n");
			assertThat(peer.rest()).isEmpty();
		}
		try (ConsolePeer peer = connect()) {
			peer.type("POST /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n@orders.place()\r\n");
			assertThat(peer.rest()).isEmpty();
		}
		try (ConsolePeer peer = connect()) {
			peer.send(ConsolePeer.octets(0x16, 3, 1, 0, 5, 1, '\n')).type("@orders.place()\n");
			assertThat(peer.rest()).isEmpty();
		}
		await().atMost(Patience.limit())
			.untilAsserted(() -> assertThat(context.getBean(SocketServers.class))
				.flatExtracting((server) -> ServerOperations.of(server).endedSessions())
				.anySatisfy((ended) -> assertThat(ended.info().closed().detail())
					.isEqualTo("it looks like a TLS ClientHello on a plain port")));
		assertThat(context.getBean("orders", Orders.class).count()).isEqualTo(before);
		await().atMost(Patience.limit())
			.untilAsserted(
					() -> assertThat(log).contains("refused: an HTTP request").contains("refused: a TLS handshake"));
	}

	/** Whoever is behind the proxy would pass for a peer on this machine. */
	@ParameterizedTest
	@ValueSource(
			strings = { "PROXY TCP4 192.0.2.7 127.0.0.1 54321 443\r\n", "PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n" })
	void nothingIsEvaluatedBehindAProxyHeader(String header) throws Exception {
		Orders orders = context.getBean("orders", Orders.class);
		int before = orders.count();
		for (boolean byteByByte : new boolean[] { false, true }) {
			SocketSession session;
			try (ConsolePeer peer = connect()) {
				session = context.getBean(SocketServers.class)
					.get("console")
					.sessions()
					.filter((each) -> each.remoteAddress().getPort() == peer.port())
					.findFirst()
					.orElseThrow();
				if (byteByByte) {
					peer.byteByByte().type(header);
				}
				else {
					peer.type(header + "@orders.place()\r\n");
				}
				peer.rest();
			}
			CloseStatus closed = Patience.await(session.closed());
			assertThat(closed.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(closed.detail()).isEqualTo("it looks like a PROXY header, but proxy-protocol is off");
		}
		assertThat(orders.count()).isEqualTo(before);
	}

	@Test
	void completesNames() throws Exception {
		try (ConsolePeer peer = connect()) {
			peer.holds("> ", """
					> 1 + @ord\t
					@orders
					> :complete @orders.c
					@orders.count()
					> #value = 'text'
					text
					> #va\t
					#value
					> #value.toLow\t
					#value.toLowerCase(  #value.toLowerCase()
					> :complete :se
					:sessions  :session  :send  :servers
					> @nothing\t
					Nothing begins like that
					> :se\t
					:sessions  :session  :send  :servers
					> :stop \t
					:stop
					> :stop console\t
					Nothing begins like that
					> :quit\t
					:quit
					""");
		}
	}

	@Test
	void reportsBeansAndEnvironment() throws Exception {
		try (ConsolePeer peer = connect()) {
			assertThat(peer.ask(":beans order", "> ")).isEqualTo("orders: " + Orders.class.getName());
			assertThat(peer.ask(":env", "> ")).contains("commandLineArgs").contains("Profiles: ");
			assertThat(peer.ask(":env socket.servers.console.", "> "))
				.isEqualTo("socket.servers.console.handler=repl\nsocket.servers.console.port=0");
			assertThat(shown("odd.placeholder", "${nothing.such}"))
				.matches("odd.placeholder=\\(Could not resolve placeholder.*\\)");
			assertThat(peer.ask(":help", "> ")).contains(":attach id").contains("#_e");
			assertThat(peer.ask(":nonsense", "> ")).startsWith("There is no command :nonsense");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "app --some.password=hush", "{\"some\": {\"password\": \"hush\"}}", "{'token' : 'hush'}",
			"{\\\"client-secret\\\":\\\"hush\\\"}", "amqp://ann:hush@broker/it", "see redis://:hush@cache:6379" })
	void aValueWithASecretInItIsNotShown(String value) throws Exception {
		assertThat(shown("odd.value", value)).isEqualTo("odd.value=******");
	}

	@ParameterizedTest
	@ValueSource(strings = { "the tokens are counted", "http://broker:5672/ann@it", "ann@broker", "{\"port\": 7}" })
	void otherValuesAreShown(String value) throws Exception {
		assertThat(shown("odd.value", value)).isEqualTo("odd.value=" + value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "hush.password", "HUSH_PASSWORD", "hush.client-secret", "hush.token", "hush.api-key",
			"hush.credentials", "hush.uri", "hush.jdbc-url", "SPRING_APPLICATION_JSON", "spring.application.json",
			"VCAP_SERVICES", "vcap.services.db.name" })
	void whatMayBeASecretIsNotShown(String name) throws Exception {
		assertThat(shown(name, "hush")).isEqualTo(name + "=******");
	}

	/** What a console shows of a property. */
	private static String shown(String name, String value) throws Exception {
		Map<String, Object> properties = context.getEnvironment().getSystemProperties();
		properties.put(name, value);
		try (ConsolePeer peer = connect()) {
			return peer.ask(":env " + name, "> ");
		}
		finally {
			properties.remove(name);
		}
	}

}
