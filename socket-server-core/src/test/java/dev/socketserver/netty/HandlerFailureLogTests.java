package dev.socketserver.netty;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that failures of handlers are logged once each, and do not fill the log.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
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
	final LogLines failures = new LogLines(Session.class);

	@RegisterExtension
	final LogLines closings = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines summaries = new LogLines(FailureLog.class);

	@Test
	void fewFailuresAreLoggedOnceEachWithTheirSession() throws Exception {
		SocketServer server = failing();
		fail(server, 3);
		server.stop();

		assertThat(this.failures.messages(Level.ERROR)).containsExactlyInAnyOrder(
				"Session test-1: handler 'lines' failed in received",
				"Session test-2: handler 'lines' failed in received",
				"Session test-3: handler 'lines' failed in received");
		assertThat(this.failures.events()).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.allSatisfy((event) -> assertThat(event.getThrowableProxy().getMessage()).isEqualTo("as it was asked to"));
		assertThat(this.summaries.messages()).isEmpty();
	}

	@Test
	void manyFailuresAreAFewLinesAndACount() throws Exception {
		SocketServer server = failing();
		fail(server, 200);
		server.stop();

		int logged = this.failures.messages(Level.ERROR).size();
		long more = this.summaries.messages().stream().mapToLong((line) -> {
			Matcher matcher = MORE.matcher(line);
			assertThat(matcher.find()).as(line).isTrue();
			return Long.parseLong(matcher.group(1));
		}).sum();
		assertThat(logged + more).isEqualTo(200);
		// More than ten only if this takes longer than an interval.
		assertThat(logged).isBetween(10, 100);
		assertThat(this.summaries.messages()).hasSizeBetween(1, 10);
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

		assertThat(this.failures.events()).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.extracting((event) -> event.getThrowableProxy().getClassName())
			.filteredOn((type) -> !type.equals("java.lang.IllegalStateException"))
			.containsExactly("java.lang.NumberFormatException", "java.util.concurrent.CompletionException",
					"java.util.concurrent.CompletionException");
		assertThat(this.summaries.messages()).allMatch((line) -> MORE.matcher(line).find());
	}

	@Test
	void typesBeyondSixteenAreOne() throws Exception {
		SocketServer server = failing();
		for (String type : SIXTEEN) {
			fail(server, "java.lang." + type, 1);
		}
		fail(server, "java.util.EmptyStackException", 8);
		fail(server, "java.util.NoSuchElementException", 8);
		server.stop();

		assertThat(this.failures.messages(Level.ERROR)).hasSize(16 + 10);
		assertThat(this.summaries.messages()).containsExactly(
				"Server 'test': handler 'lines' failed with exceptions of other types: 6 more in 10 s or less");
	}

	@Test
	void aFailureThatIsNoMistakeIsOneLineWithoutAStack() throws Exception {
		SocketServer server = this.fixture.start(new ServerHandler.Messages("refusing", PayloadConverter.text(UTF_8),
				false, (spec) -> new SessionHandler() {

					@Override
					public Object received(Object payload, SocketSession session) {
						throw new SecurityException("not with payload " + payload);
					}

					@Override
					public Object failed(Exception failure, SocketSession session) throws Exception {
						throw new CloseReasonException(CloseReason.ACCESS_DENIED, failure);
					}

				}), (spec) -> spec.framing(Framings.line().build()));
		String address;
		try (Peer peer = new Peer(server)) {
			address = Addresses.format(this.fixture.firstOpened().remoteAddress());
			assertThat(peer.send("x\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		server.stop();

		assertThat(status.reason()).isEqualTo(CloseReason.ACCESS_DENIED);
		assertThat(status.cause()).isInstanceOf(SecurityException.class);
		assertThat(this.failures.messages(Level.ERROR)).isEmpty();
		assertThat(this.closings.events()).filteredOn((event) -> event.getLevel() == Level.WARN)
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getThrowableProxy()).isNull();
				assertThat(event.getFormattedMessage()).isEqualTo("'test' has closed session test-1 of " + address
						+ ": ACCESS_DENIED, SecurityException in received");
			});
	}

	private SocketServer failing() {
		return this.fixture.lines((line) -> {
			if (line.equals("x")) {
				throw new IllegalStateException("as it was asked to");
			}
			RuntimeException failure = exception(line.substring(line.indexOf(' ') + 1));
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
