package dev.socketserver.test.connection;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What arrives on the connection of a test client, and what the test expects of it. A
 * failure says what was expected, what arrived instead, and how the connection stands.
 * Used by one thread at a time.
 */
public final class TestInput {

	public static final String TLS_REFUSAL = "a refusal of TLS";

	private final TestConnection connection;

	private final ClientFraming framing;

	private final Unread unread = new Unread();

	public TestInput(TestConnection connection, ClientFraming framing) {
		this.connection = connection;
		this.framing = framing;
	}

	/**
	 * Fails if something has arrived that was not received.
	 */
	public void checkNothingUnread() {
		if (this.unread.length() > 0) {
			throw new IllegalStateException(
					"Received " + Escaped.of(this.unread.all()) + " from " + this.connection.peer() + " before TLS");
		}
	}

	public byte[] frame(Duration timeout) {
		return frame("a " + this.framing.frameWord(), timeout);
	}

	private byte[] frame(String expected, Duration timeout) {
		Deadline deadline = new Deadline(timeout);
		while (true) {
			byte[] frame = this.framing.decode(this.unread);
			if (frame != null) {
				return frame;
			}
			if (!readMore(deadline)) {
				throw missing(expected, timeout);
			}
		}
	}

	/** Expects a frame; of raw data, which has no frames, exactly these bytes. */
	public void expectFrame(byte[] payload, Duration timeout) {
		if (this.framing == ClientFraming.RAW) {
			expectBytes(payload, timeout);
			return;
		}
		String expected = "the " + this.framing.frameWord() + " " + Escaped.of(payload);
		byte[] received = frame(expected, timeout);
		if (!Arrays.equals(received, payload)) {
			throw new AssertionError("Expected " + expected + " from " + this.connection.peer() + ", but received the "
					+ this.framing.frameWord() + " " + Escaped.of(received) + rest());
		}
	}

	public void expectBytes(byte[] bytes, Duration timeout) {
		String expected = "the bytes " + Escaped.of(bytes);
		Deadline deadline = new Deadline(timeout);
		while (true) {
			int difference = this.unread.mismatch(bytes);
			if (difference >= 0) {
				throw new AssertionError("Expected " + expected + " from " + this.connection.peer() + ", but received "
						+ Escaped.of(this.unread.all()) + ", which differs at byte " + difference + ended());
			}
			if (this.unread.length() >= bytes.length) {
				this.unread.take(bytes.length);
				return;
			}
			if (!readMore(deadline)) {
				throw missing(expected, timeout);
			}
		}
	}

	public void expectClosed(Duration timeout) {
		expectSilentEnd("the end of the stream", this.connection::endedInOrder, timeout);
	}

	public void expectTlsRefused(Duration timeout) {
		expectSilentEnd(TLS_REFUSAL, this.connection::wasRefusedByTls, timeout);
	}

	/**
	 * Expects that the peer ends the connection in either way, and sends nothing before.
	 */
	public void expectEnd(Duration timeout) {
		expectSilentEnd("the end of the connection", () -> this.connection.endedInOrder() || this.connection.wasReset(),
				timeout);
	}

	private void expectSilentEnd(String expected, BooleanSupplier ended, Duration timeout) {
		Deadline deadline = new Deadline(timeout);
		while (this.unread.length() == 0 && readMore(deadline)) {
			// Reads on.
		}
		if (this.unread.length() > 0 || !ended.getAsBoolean()) {
			throw missing(expected, timeout);
		}
	}

	/** Expects a reset. It may overtake what was sent before, which is ignored. */
	public void expectReset(Duration timeout) {
		Deadline deadline = new Deadline(timeout);
		while (readMore(deadline)) {
			// Reads on.
		}
		if (!this.connection.wasReset()) {
			throw missing("a reset", timeout);
		}
	}

	public AssertionError missing(String expected, Duration timeout) {
		String arrived = (this.unread.length() == 0) ? "nothing arrived"
				: "received " + Escaped.of(this.unread.all()) + this.framing.explain(this.unread);
		String end = this.connection.end();
		return new AssertionError("Expected " + expected + " from " + this.connection.peer() + ", but " + arrived
				+ ", and " + ((end != null) ? end : "the connection is still open after " + TimeLimit.text(timeout)));
	}

	/**
	 * Reads once.
	 * @return {@code false} if the connection has ended, or the time is over
	 */
	private boolean readMore(Deadline deadline) {
		return this.connection.read(this.unread, deadline.millis());
	}

	private String rest() {
		return ((this.unread.length() > 0) ? ", and behind it " + Escaped.of(this.unread.all()) : "") + ended();
	}

	private String ended() {
		String end = this.connection.end();
		return (end != null) ? ", and " + end : "";
	}

	/**
	 * When to stop waiting. On a machine that was busy for the whole time, what has
	 * arrived meanwhile is read all the same.
	 */
	private static final class Deadline {

		private final long nanos;

		private boolean over;

		Deadline(Duration timeout) {
			this.nanos = System.nanoTime() + timeout.toNanos();
		}

		/** Returns how long to wait, once more than nothing. */
		long millis() {
			long left = TimeUnit.NANOSECONDS.toMillis(this.nanos - System.nanoTime());
			if (left > 0 || this.over) {
				return left;
			}
			this.over = true;
			return 1;
		}

	}

}
