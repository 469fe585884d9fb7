package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.sql.SQLException;

/**
 * Sends lines to the server whose bridge stores them, as many at a time on each
 * connection as the bridge stores, and counts what is acknowledged.
 */
final class BridgeLoad implements Stores.Load {

	/** The default of {@code bridge.in-flight}. */
	static final int IN_FLIGHT = 64;

	static final String LINE = "a line that is to be stored in a table";

	private final StoringApplication application;

	private final int sessions;

	BridgeLoad(StoringApplication application, int sessions) {
		this.application = application;
		this.sessions = sessions;
	}

	@Override
	public void prepare() throws SQLException {
		this.application.execute("truncate socket_inbox");
	}

	@Override
	public int run(long end) throws IOException {
		try (Peers peers = new Peers(this.application.port("inbox"), this.sessions)) {
			byte[] line = Peers.line(LINE);
			for (int peer = 0; peer < this.sessions; peer++) {
				peers.send(peer, line, IN_FLIGHT);
			}
			return peers.exchange(end, (peer, lines) -> peers.send(peer, line, lines));
		}
	}

}
