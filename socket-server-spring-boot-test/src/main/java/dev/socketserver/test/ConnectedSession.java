package dev.socketserver.test;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ProxyMode;

/**
 * The session that a client of this JVM has at a server of this JVM, which may not have
 * opened yet, or have ended.
 *
 * @param server the server
 * @param peer the client's address
 */
record ConnectedSession(SocketServer server, InetSocketAddress peer) {

	/**
	 * Returns the session of a client.
	 * @param client the client
	 * @return the session, or nothing if the server is not known, or does not see the
	 * client's own address, which it has none by a Unix socket
	 */
	static Optional<ConnectedSession> of(SocketTestClient client) {
		SocketServer server = client.server();
		InetSocketAddress peer = client.localAddress();
		ListenerSpec listener = client.listener();
		if (server == null || listener == null || listener.proxyProtocol().mode() != ProxyMode.OFF
				|| peer instanceof UnixAddress) {
			return Optional.empty();
		}
		return Optional.of(new ConnectedSession(server, peer));
	}

	/**
	 * Waits until the session is as a test wants it.
	 * @param condition how it is to be
	 * @param timeout how long to wait at most
	 * @return how it is then, or nothing if it is not in that time
	 */
	Optional<SessionInfo> await(Predicate<SessionInfo> condition, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		Optional<SessionInfo> info = info().filter(condition);
		while (info.isEmpty() && System.nanoTime() - deadline < 0) {
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
			info = info().filter(condition);
		}
		return info;
	}

	/** The open ones first: one that ends meanwhile is then among the ended. */
	private Optional<SessionInfo> info() {
		Stream<SessionInfo> open = this.server.sessions()
			.filter((session) -> session.remoteAddress().equals(this.peer))
			.map(SocketSession::info);
		return open.findAny()
			.or(() -> ServerOperations.of(this.server)
				.endedSessions()
				.stream()
				.filter((session) -> session.remoteAddress().equals(this.peer))
				.map(EndedSession::info)
				.reduce((one, later) -> later));
	}

}
