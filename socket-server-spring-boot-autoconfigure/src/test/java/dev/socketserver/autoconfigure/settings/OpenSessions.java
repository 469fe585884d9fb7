package dev.socketserver.autoconfigure.settings;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Fifty sessions of a server, which are open while its settings change.
 */
final class OpenSessions implements AutoCloseable {

	private static final int SESSIONS = 50;

	private final SocketServer server;

	private final List<TestPeer> peers = new ArrayList<>();

	OpenSessions(ConfigurableApplicationContext context, SocketServer server) throws IOException {
		this.server = server;
		try {
			for (int i = 0; i < SESSIONS; i++) {
				this.peers.add(TestPeer.connect(context, server.name()));
			}
		}
		catch (IOException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/** Returns what has become of them, or {@code null} if all are as they were. */
	@Nullable String lost() {
		try {
			for (TestPeer peer : this.peers) {
				if (!"STILL HERE".equals(peer.ask("still here"))) {
					return "a session was cut, or has another framing";
				}
			}
		}
		catch (IOException ex) {
			return "a session was cut: " + ex;
		}
		boolean even = this.server.statistics().opened() == SESSIONS && this.server.statistics().active() == SESSIONS
				&& this.server.sessions().count() == SESSIONS;
		return even ? null : "the counters do not add up: " + this.server.statistics();
	}

	@Override
	public void close() throws IOException {
		for (TestPeer peer : this.peers) {
			peer.close();
		}
	}

}
