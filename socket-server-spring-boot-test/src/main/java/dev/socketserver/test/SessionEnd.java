package dev.socketserver.test;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.SocketServer;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.test.connection.TimeLimit;

/**
 * Compares why a session of this JVM has ended with what a test expects.
 */
final class SessionEnd {

	private SessionEnd() {
	}

	/**
	 * Waits until the session of a client has ended, and compares the reason. Does
	 * nothing if the server is not known, or does not see the client's own address.
	 * @param client the client
	 * @param expected the reason
	 * @throws AssertionError if the session does not end, or for another reason
	 */
	static void expect(SocketTestClient client, CloseReason expected) {
		SocketServer server = client.server();
		if (server == null || server.spec().proxyProtocol().mode() != ProxyMode.OFF) {
			return;
		}
		InetSocketAddress address = client.localAddress();
		long deadline = System.nanoTime() + client.timeout().toNanos();
		Optional<CloseStatus> status = status(server, address);
		while (status.isEmpty() && System.nanoTime() - deadline < 0) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			status = status(server, address);
		}
		CloseStatus found = status.orElseThrow(() -> new AssertionError("Expected the session of " + client
				+ " to end with " + expected + ", but it has not ended after " + TimeLimit.text(client.timeout())));
		if (found.reason() != expected) {
			throw new AssertionError(
					"Expected the session of " + client + " to end with " + expected + ", but it ended with "
							+ found.reason() + ((found.detail() != null) ? " (" + found.detail() + ")" : ""));
		}
	}

	private static Optional<CloseStatus> status(SocketServer server, InetSocketAddress address) {
		return ServerOperations.of(server)
			.endedSessions()
			.stream()
			.filter((session) -> session.remoteAddress().equals(address))
			.map(EndedSession::info)
			.map((info) -> Objects.requireNonNull(info.closed()))
			.reduce((one, later) -> later);
	}

}
