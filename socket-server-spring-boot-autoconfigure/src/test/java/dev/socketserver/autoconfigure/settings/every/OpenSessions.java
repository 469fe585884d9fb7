package dev.socketserver.autoconfigure.settings.every;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import org.jspecify.annotations.Nullable;

/**
 * Fifty sessions of a server, which are open while its settings change.
 */
final class OpenSessions implements AutoCloseable {

	private static final int SESSIONS = 50;

	private final SocketServer server;

	private final List<Peer> peers = new ArrayList<>();

	/**
	 * Opens sessions on plain sockets.
	 */
	OpenSessions(SocketServer server) throws IOException {
		this(server, () -> Peer.of(TestPeer.connect(server.localAddress())));
	}

	OpenSessions(SocketServer server, Connecting connecting) throws IOException {
		this.server = server;
		try {
			for (int i = 0; i < SESSIONS; i++) {
				Peer peer = connecting.peer();
				this.peers.add(peer);
				peer.ask("here");
			}
		}
		catch (IOException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/** Returns what has become of them, or {@code null} if all are as they were. */
	@Nullable String lost() {
		String cut = cut();
		boolean even = this.server.statistics().opened() == SESSIONS && this.server.statistics().active() == SESSIONS
				&& this.server.sessions().count() == SESSIONS;
		return (cut != null || even) ? cut : "the counters do not add up: " + this.server.statistics();
	}

	/** Returns why one does not go on, or {@code null} if all do. */
	@Nullable String cut() {
		try {
			for (Peer peer : this.peers) {
				if (!"STILL HERE".equals(peer.ask("still here"))) {
					return "a session was cut, or has another framing";
				}
			}
		}
		catch (IOException ex) {
			return "a session was cut: " + ex;
		}
		return null;
	}

	@Override
	public void close() throws IOException {
		Opened.closeAll(this.peers);
	}

	/**
	 * Opens the connection of one session.
	 */
	interface Connecting {

		Peer peer() throws IOException;

	}

	/**
	 * The other end of a session of any kind.
	 *
	 * @param asking sends a text, and returns the reply
	 * @param socket what is closed in the end
	 */
	record Peer(Asking asking, Closeable socket) implements Closeable {

		static Peer of(TestPeer peer) {
			return new Peer(peer::ask, peer::close);
		}

		static Peer of(DatagramPeer peer) {
			return new Peer(peer::ask, peer::close);
		}

		String ask(String text) throws IOException {
			return this.asking.ask(text);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	/**
	 * Sends a text, and returns the reply.
	 */
	interface Asking {

		String ask(String text) throws IOException;

	}

}
