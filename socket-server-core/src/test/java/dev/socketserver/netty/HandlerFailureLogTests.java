package dev.socketserver.netty;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that failures of handlers are logged once each, and do not fill the log.
 */
class HandlerFailureLogTests {

	private static final Pattern MORE = Pattern
		.compile("handler 'lines' failed with java.lang.IllegalStateException: (\\d+) more in 10 s or less");

	private static final List<String> SIXTEEN = List.of("ArithmeticException", "ArrayStoreException",
			"ClassCastException", "IllegalArgumentException", "IllegalStateException", "IllegalMonitorStateException",
			"IndexOutOfBoundsException", "ArrayIndexOutOfBoundsException", "StringIndexOutOfBoundsException",
			"NegativeArraySizeException", "NullPointerException", "NumberFormatException", "SecurityException",
			"UnsupportedOperationException", "RuntimeException", "IllegalCallerException");

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	@Test
	void fewFailuresAreLoggedOnceEachWithTheirSession() throws Exception {
		SocketServer server = failing();
		fail(server, 3);
		server.stop();

		String line = "'test': session test-%d of 127.0.0.1:%d: handler 'lines' failed in received: "
				+ "java.lang.IllegalStateException: as it was asked to";
		assertThat(this.log.messages(Level.ERROR)).containsExactly(line.formatted(1, port(0)),
				line.formatted(2, port(1)), line.formatted(3, port(2)));
		assertThat(summaries()).isEmpty();
	}

	@Test
	void theStackIsLoggedOnceForEachKindAndNotForEachPeer() throws Exception {
		SocketServer server = failing();
		fail(server, 2);
		fail(server, "elsewhere java.lang.IllegalStateException", 2);
		fail(server, "java.lang.NumberFormatException", 2);
		server.stop();

		assertThat(errors().map((event) -> event.getThrowableProxy() != null)).containsExactly(true, false, true, false,
				true, false);
		assertThat(errors().findFirst().orElseThrow().getThrowableProxy().getMessage()).isEqualTo("as it was asked to");
	}

	@Test
	void manyFailuresAreAFewLinesAndACount() throws Exception {
		SocketServer server = failing();
		fail(server, 60);
		server.stop();

		int logged = this.log.messages(Level.ERROR).size();
		// The timer may be about to log what an interval had.
		Awaitility.await().untilAsserted(() -> assertThat(logged + more()).isEqualTo(60));
		// More than ten only if this takes longer than an interval.
		assertThat(logged).isBetween(10, 50);
		assertThat(summaries()).hasSizeBetween(1, 10);
	}

	/** Returns how many were only counted. */
	private long more() {
		return summaries().stream().mapToLong((line) -> {
			Matcher matcher = MORE.matcher(line);
			assertThat(matcher.find()).as(line).isTrue();
			return Long.parseLong(matcher.group(1));
		}).sum();
	}

	@Test
	void aFloodOfOneTypeDoesNotHideTheFirstOfAnother() throws Exception {
		SocketServer server = failing();
		fail(server, 30);
		fail(server, "java.lang.NumberFormatException", 1);
		fail(server, "future java.lang.ArithmeticException", 1);
		fail(server, "future java.lang.IllegalStateException", 1);
		fail(server, "nested java.lang.IllegalStateException", 30);
		fail(server, "nested java.lang.ArrayStoreException", 1);
		server.stop();

		assertThat(errors().map(ILoggingEvent::getFormattedMessage)
			.map((line) -> line.substring(line.indexOf(" failed in received: ") + 21))
			.filter((text) -> !text.contains("IllegalStateException")))
			.containsExactly("java.lang.NumberFormatException",
					"java.util.concurrent.CompletionException: java.lang.ArithmeticException",
					"java.util.concurrent.CompletionException: java.util.concurrent.ExecutionException: "
							+ "java.lang.ArrayStoreException");
		assertThat(summaries()).allMatch((line) -> MORE.matcher(line).find());
	}

	@Test
	void typesBeyondSixteenAreOne() throws Exception {
		while (!failInOneInterval()) {
			this.fixture.servers.remove("test");
			this.log.clear();
		}

		assertThat(this.log.messages(Level.ERROR)).hasSize(16 + 10);
		assertThat(summaries()).containsExactly(
				"Server 'test': handler 'lines' failed with exceptions of other types: 6 more in 10 s or less");
	}

	/** Whether a server has so many types of failures before an interval is over. */
	private boolean failInOneInterval() throws Exception {
		SocketServer server = failing();
		long begun = System.nanoTime();
		for (String type : SIXTEEN) {
			fail(server, "java.lang." + type, 1);
		}
		fail(server, "java.util.EmptyStackException", 8);
		fail(server, "java.util.NoSuchElementException", 8);
		server.stop();
		return System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(LogLimit.INTERVAL_SECONDS);
	}

	@Test
	void aFailureThatIsNoMistakeIsOneLineWithoutAStack() throws Exception {
		SocketServer server = this.fixture.start(new ServerHandler.Messages("refusing", PayloadConverter.text(UTF_8),
				false, (spec) -> TestHandler.of((payload, session) -> {
					throw new SecurityException("not with payload " + payload);
				}).failed((failure, session) -> {
					throw new CloseReasonException(CloseReason.ACCESS_DENIED, failure);
				})), (spec) -> spec.framing(Framings.line().build()));
		String address;
		try (Peer peer = new Peer(server)) {
			address = Addresses.format(this.fixture.firstOpened().remoteAddress());
			assertThat(peer.send("x\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		server.stop();

		assertThat(status.reason()).isEqualTo(CloseReason.ACCESS_DENIED);
		assertThat(status.cause()).isInstanceOf(SecurityException.class);
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
		assertThat(this.log.events()).filteredOn((event) -> event.getLevel() == Level.WARN)
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getThrowableProxy()).isNull();
				assertThat(event.getFormattedMessage()).isEqualTo("'test' has closed session test-1 of " + address
						+ ": ACCESS_DENIED, SecurityException in received");
			});
	}

	private Stream<ILoggingEvent> errors() {
		return this.log.events().stream().filter((event) -> event.getLevel() == Level.ERROR);
	}

	private List<String> summaries() {
		return this.log.messages(Level.WARN);
	}

	private int port(int session) {
		return this.fixture.opened.get(session).remoteAddress().getPort();
	}

	private SocketServer failing() {
		return this.fixture.lines((line) -> {
			if (line.equals("x")) {
				throw new IllegalStateException("as it was asked to");
			}
			RuntimeException failure = exception(line.substring(line.indexOf(' ') + 1));
			if (line.startsWith("elsewhere ")) {
				throw new IllegalStateException("elsewhere");
			}
			if (line.startsWith("future ")) {
				CompletableFuture.failedFuture(failure).join();
			}
			if (line.startsWith("nested ")) {
				throw new CompletionException(new ExecutionException(failure));
			}
			throw failure;
		}, UnaryOperator.identity());
	}

	private static RuntimeException exception(String type) {
		try {
			return (RuntimeException) Class.forName(type).getConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	private void fail(SocketServer server, int count) throws Exception {
		fail(server, "x", count);
	}

	private void fail(SocketServer server, String line, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.send(line + "\n").rest()).isEmpty();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
	}

}
