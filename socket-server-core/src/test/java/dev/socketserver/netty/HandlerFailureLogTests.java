package dev.socketserver.netty;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.LogLines;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.session.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that failures of handlers are logged once each, and do not fill the log.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HandlerFailureLogTests {

	private static final Pattern MORE = Pattern
		.compile("handler 'lines' failed in received: (\\d+) more in 10 s or less");

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines failures = new LogLines(Session.class);

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

	private SocketServer failing() {
		return this.fixture.lines((line) -> {
			throw new IllegalStateException("as it was asked to");
		}, UnaryOperator.identity());
	}

	private void fail(SocketServer server, int count) throws Exception {
		for (int i = 0; i < count; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.send("x\n").rest()).isEmpty();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
	}

}
