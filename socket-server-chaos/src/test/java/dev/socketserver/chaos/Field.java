package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ExecutorService;

import org.jspecify.annotations.Nullable;

/**
 * Where actions are played: the application, what it is expected to count, and what
 * actions share.
 *
 * @param application the application
 * @param model what is expected
 * @param certificates the certificate of the application
 * @param threads for what goes on beside an action
 * @param locks what one action at a time may use
 * @param upstream what the client of the application connects to
 * @param cluster what the application is in a cluster with; {@code null} if it is alone
 */
record Field(Application application, Model model, Certificates certificates, ExecutorService threads, Locks locks,
		Upstream upstream, @Nullable Cluster cluster) {

	/** The server that operators stop and start. */
	static final String TARGET = "target";

	/** Connects a peer, which the server will have accepted. */
	Peer connect(String server, InetAddress from) throws IOException {
		return connect(server, from, false);
	}

	Peer connect(String server, InetAddress from, boolean narrow) throws IOException {
		this.model.expect(server, "accepted");
		return Peer.connect(this.application.port(server), from, narrow);
	}

	/** Connects a peer up to where a session opens. */
	Peer open(String server, InetAddress from) throws IOException {
		Peer peer = connect(server, from);
		if (server.equals("tls")) {
			peer = peer.secured();
			this.model.expect(server, "handshakes.SUCCESS");
		}
		else if (server.equals("proxy")) {
			peer.writeHeader("PROXY TCP4 " + from.getHostAddress() + " 127.0.0.1 4711 4712\r\n");
		}
		return peer;
	}

	/** Notes for what reason a session of a server will have ended. */
	void ended(String server, String reason) {
		this.model.expect(server, "closed." + reason);
	}

	/** What only one action may use at a time. */
	record Locks(Object target, Object small, Object tap) {

		Locks() {
			this(new Object(), new Object(), new Object());
		}

	}

}
