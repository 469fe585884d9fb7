package dev.socketserver.engine.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Texts that applications and peers make, as they are logged. */
class LongTextsTests {

	private static final String LONG = "x".repeat(50_000_000);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines safe = new LogLines(LongTextsTests.class);

	@Test
	void theTextOfAnExceptionOfAHandlerIsCut() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			throw new IllegalStateException(LONG, new IllegalArgumentException(LONG));
		}, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
		assertThat(this.log.events()).filteredOn((event) -> event.getLevel() == Level.ERROR)
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getFormattedMessage()).hasSizeLessThan(8 * 1024);
				assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
					.contains("java.lang.IllegalStateException: xxx", "Caused by", "(50000000 characters)")
					.hasSizeLessThan(16 * 1024);
			});
	}

	@Test
	void aLineHasNoMoreThanSoMuchOfAllTexts() {
		Throwable chain = new IllegalStateException("y".repeat(1_000));
		for (int i = 0; i < 100; i++) {
			chain = new IllegalStateException("y".repeat(1_000), chain);
		}
		SafeLogger.of(LongTextsTests.class).warn("{} and {}: {}", LONG, "more", 1, chain);
		assertThat(this.safe.events()).singleElement().satisfies((event) -> {
			assertThat(event.getFormattedMessage()).startsWith("xxx")
				.contains("... (50000000 characters) and ")
				.hasSizeLessThan(9 * 1024);
			int texts = 0;
			for (var next = event.getThrowableProxy(); next != null; next = next.getCause()) {
				texts += next.getMessage().length();
			}
			assertThat(texts).isBetween(1_000, 12 * 1024);
		});
	}

	@Test
	void aPayloadExceptionThatThrowsWhenItIsAskedEndsTheSession() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			throw new Mute();
		}, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.detail()).isEqualTo(Mute.class.getName() + ", which cannot be shown");
		}
	}

	@Test
	void aStatusIsShownWhateverItsCauseDoes() {
		assertThat(new CloseStatus(CloseReason.HANDLER_ERROR, "detail", new Mute()).toString())
			.startsWith("CloseStatus[reason=HANDLER_ERROR, detail=detail, cause=" + Mute.class.getName())
			.endsWith(", which cannot be shown]");
		assertThat(new CloseStatus(CloseReason.HANDLER_ERROR, LONG, new IllegalStateException(LONG)).toString())
			.hasSizeLessThan(9 * 1024);
		assertThat(CloseStatus.of(CloseReason.IDLE_TIMEOUT))
			.hasToString("CloseStatus[reason=IDLE_TIMEOUT, detail=null, cause=null]");
	}

	private static final class Mute extends PayloadException {

		private static final long serialVersionUID = 1L;

		Mute() {
			super(String.class, new IllegalStateException());
		}

		@Override
		public String getMessage() {
			throw new IllegalStateException("no message");
		}

	}

}
