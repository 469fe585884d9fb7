package dev.socketserver.test;

import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;

/**
 * AssertJ assertions for a {@link SocketTestClient}:
 * {@code assertThat(client).answers("hello", "HELLO")}. What arrives is taken: each
 * assertion is about what comes after that of the one before. The time limits and
 * failures are those of the client.
 */
public final class SocketTestClientAssert extends AbstractAssert<SocketTestClientAssert, SocketTestClient> {

	SocketTestClientAssert(SocketTestClient client) {
		super(client, SocketTestClientAssert.class);
	}

	/**
	 * Verifies that the next frame is a text.
	 * @param payload the text
	 * @return this
	 */
	public SocketTestClientAssert receives(String payload) {
		this.actual.expect(payload);
		return this;
	}

	/** Verifies the next frame as {@link #receives(String)} does. */
	public SocketTestClientAssert receives(byte[] payload) {
		this.actual.expect(payload);
		return this;
	}

	/**
	 * Sends a frame, and verifies that the next one is the reply.
	 * @param request the text to send
	 * @param reply the text that is expected
	 * @return this
	 */
	public SocketTestClientAssert answers(String request, String reply) {
		this.actual.send(request).expect(reply);
		return this;
	}

	/**
	 * Waits for the next frame, to verify more about it.
	 * @return assertions for its text
	 */
	public AbstractStringAssert<?> nextFrame() {
		return Assertions.assertThat(this.actual.receive()).as("the next frame of %s", this.actual);
	}

	/**
	 * Verifies that the server ends the connection in good order, and sends nothing
	 * before.
	 * @return this
	 */
	public SocketTestClientAssert isClosedByServer() {
		this.actual.expectClosed();
		return this;
	}

	/**
	 * Verifies that the server resets the connection.
	 * @return this
	 */
	public SocketTestClientAssert isResetByServer() {
		this.actual.expectReset();
		return this;
	}

}
