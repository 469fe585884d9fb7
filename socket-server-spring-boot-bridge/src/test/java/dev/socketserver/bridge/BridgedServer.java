package dev.socketserver.bridge;

import java.io.IOException;
import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;

import org.springframework.context.ConfigurableApplicationContext;

/** A server of a {@link BridgedApplication}, as one test uses it. */
final class BridgedServer {

	private final ConfigurableApplicationContext context;

	private final String name;

	private final TestStore store;

	private final Opened peers;

	private final Map<CloseReason, Long> closedBefore;

	BridgedServer(ConfigurableApplicationContext context, String name, TestStore store, Opened peers) {
		this.context = context;
		this.name = name;
		this.store = store;
		this.peers = peers;
		this.closedBefore = server().statistics().closed();
	}

	/** Connects a peer, which is closed after the test. */
	TestPeer connect() throws IOException {
		return this.peers.add(TestPeer.connect(this.context, this.name));
	}

	TestStore store() {
		return this.store;
	}

	SocketServer server() {
		return this.context.getBean(SocketServers.class).get(this.name);
	}

	/** The session of a peer. Those of other tests may still be there. */
	SocketSession session(TestPeer peer) {
		return server().sessions()
			.filter((session) -> session.remoteAddress().getPort() == peer.port())
			.findFirst()
			.orElseThrow();
	}

	/** How many sessions have been closed since the test began. */
	long closed(CloseReason reason) {
		return server().statistics().closed().getOrDefault(reason, 0L) - this.closedBefore.getOrDefault(reason, 0L);
	}

}
