package dev.socketserver.test;

import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.test.connection.TimeLimit;

/**
 * Compares why a session of this JVM has ended with what a test expects.
 */
final class ExpectedEnd {

	private ExpectedEnd() {
	}

	/**
	 * Waits until the session of a client has ended, and compares the reason. Does
	 * nothing if the server is not known, or does not see the client's own address.
	 * @param client the client
	 * @param expected the reason
	 * @throws AssertionError if the session does not end, or for another reason
	 */
	static void expect(SocketTestClient client, CloseReason expected) {
		ConnectedSession session = ConnectedSession.of(client).orElse(null);
		if (session == null) {
			return;
		}
		CloseStatus found = session.await((info) -> info.state() == SessionInfo.State.CLOSED, client.timeout())
			.map((info) -> Objects.requireNonNull(info.closed()))
			.orElseThrow(() -> new AssertionError("Expected the session of " + client + " to end with " + expected
					+ ", but it has not ended after " + TimeLimit.text(client.timeout())));
		if (found.reason() != expected) {
			throw new AssertionError(
					"Expected the session of " + client + " to end with " + expected + ", but it ended with "
							+ found.reason() + ((found.detail() != null) ? " (" + found.detail() + ")" : ""));
		}
	}

}
