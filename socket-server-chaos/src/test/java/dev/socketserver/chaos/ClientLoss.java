package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/**
 * The client of the application loses its connection, and has another. What it sends
 * meanwhile arrives in order.
 *
 * @param loss how
 */
record ClientLoss(Loss loss) implements Action {

	static final String CLIENT = "upstream";

	/** How the connection is lost. */
	enum Loss {

		/** Its peer resets it. */
		RESET,

		/** Its peer closes it. */
		CLOSE,

		/** Its peer closes it, and refuses the next ones for a while. */
		REFUSED,

		/** Its peer does not read. */
		NEVER_READS,

		/** There was none: the attempt to connect has no end, and is cancelled. */
		CANCELLED

	}

	@Override
	public void play(Field field, InetAddress from) throws Exception {
		synchronized (field.upstream()) {
			if (this.loss == Loss.CANCELLED) {
				cancel(field);
			}
			else {
				lose(field);
			}
			awaitStopped(field);
		}
	}

	private void lose(Field field) throws Exception {
		Upstream upstream = field.upstream();
		act(field, "start");
		try (Peer first = accept(field)) {
			send(field, 0, 10, 0);
			for (int i = 0; i < 10; i++) {
				first.expect(i + " ");
			}
			lose(field, upstream, first);
		}
		try (Peer second = accept(field)) {
			send(field, 110, 10, 0);
			// What was on its way on the first connection may be lost, or not.
			int expected = switch (this.loss) {
				case CLOSE, REFUSED -> 10;
				default -> number(second);
			};
			if (this.loss == Loss.RESET || this.loss == Loss.NEVER_READS) {
				expected++;
			}
			for (; expected < 120; expected++) {
				int next = number(second);
				if (next != expected) {
					throw new AssertionError("The client has sent " + next + " and not " + expected);
				}
			}
			stop(field, second);
		}
	}

	/** Loses the connection, and has 100 lines sent. */
	private void lose(Field field, Upstream upstream, Peer first) throws Exception {
		switch (this.loss) {
			case RESET -> {
				field.ended(CLIENT, "PEER_RESET");
				first.reset();
				send(field, 10, 100, 0);
			}
			case CLOSE -> {
				field.ended(CLIENT, "PEER_CLOSED");
				first.endOutput();
				first.expectEnd();
				send(field, 10, 100, 0);
			}
			case REFUSED -> {
				field.ended(CLIENT, "PEER_CLOSED");
				long refused = vital(field, "failed.REFUSED");
				upstream.refuse();
				first.endOutput();
				first.expectEnd();
				Await.until(() -> vital(field, "failed.REFUSED") > refused, "Nothing was refused");
				send(field, 10, 100, 0);
				upstream.listenAgain();
			}
			default -> {
				field.ended(CLIENT, "WRITE_TIMEOUT");
				long closed = vital(field, "closed.WRITE_TIMEOUT");
				// More than the kernel takes, and less than may wait in the client.
				send(field, 10, 100, 2_000);
				Await.until(() -> vital(field, "closed.WRITE_TIMEOUT") > closed,
						"The client keeps a peer that never reads");
			}
		}
	}

	private static void cancel(Field field) throws Exception {
		long cancelled = vital(field, "cancelled");
		List<Socket> fillers = field.upstream().fill();
		try {
			long attempts = vital(field, "attempts");
			act(field, "start");
			Await.until(() -> vital(field, "attempts") > attempts, "No attempt was made");
			send(field, 0, 10, 0);
			act(field, "stop");
			Await.until(() -> vital(field, "cancelled") > cancelled, "No attempt was cancelled");
		}
		finally {
			for (Socket filler : fillers) {
				filler.close();
			}
			field.upstream().listenAgain();
		}
	}

	/** Takes the next connection of the client. */
	static Peer accept(Field field) throws Exception {
		Peer peer = field.upstream().accept();
		field.model().expect(CLIENT, "connected");
		return peer;
	}

	/** Stops the client while a peer has its connection. */
	static void stop(Field field, Peer peer) throws Exception {
		act(field, "stop");
		peer.expectEnd();
		field.ended(CLIENT, "SERVER_STOPPED");
	}

	static void awaitStopped(Field field) throws Exception {
		Await.until(() -> field.application().get("socketclients/" + CLIENT).get("state").asString().equals("STOPPED"),
				"The client does not stop");
	}

	private static int number(Peer peer) throws IOException {
		String line = peer.readLine();
		if (line == null) {
			throw new AssertionError("The client has closed the connection");
		}
		return Integer.parseInt(line.split(" ")[0]);
	}

	private static long vital(Field field, String counter) throws IOException, InterruptedException {
		return field.application().vitals().getOrDefault(CLIENT + "." + counter, 0L);
	}

	static void act(Field field, String action) throws IOException, InterruptedException {
		field.application().post("socketclients/" + CLIENT, "{\"action\": \"" + action + "\"}");
	}

	private static void send(Field field, int from, int count, int bytes) throws IOException, InterruptedException {
		field.application().text("POST", "/upstream?from=" + from + "&count=" + count + "&bytes=" + bytes, null, 200);
	}

	@Override
	public String kind() {
		return "Client " + this.loss;
	}

}
