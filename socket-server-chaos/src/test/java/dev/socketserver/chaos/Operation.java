package dev.socketserver.chaos;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator does by HTTP while there are sessions.
 *
 * @param act what is done
 * @param sessions how many sessions there are
 */
record Operation(Act act, int sessions) implements Action {

	/** What an operator can do. */
	enum Act {

		/** Stops the server, and starts it again. */
		STOP,

		/** Restarts the server. */
		RESTART,

		/** Pauses the server, and resumes. */
		PAUSE,

		/** Drains the server: sessions may end by themselves. */
		DRAIN,

		/** Drains the server, one session after the other. */
		DRAIN_OVER,

		/** Closes one session. */
		CLOSE,

		/** Pauses one session, and resumes. */
		HOLD,

		/** Looks at one session. */
		TAP

	}

	@Override
	public void play(Field field, InetAddress from) throws Exception {
		switch (this.act) {
			case CLOSE -> close(field, from);
			case HOLD -> hold(field, from);
			case TAP -> {
				synchronized (field.locks().tap()) {
					tap(field, from);
				}
			}
			case STOP, RESTART, PAUSE, DRAIN, DRAIN_OVER -> {
				synchronized (field.locks().target()) {
					onTarget(field, from);
				}
			}
		}
	}

	private void onTarget(Field field, InetAddress from) throws Exception {
		String target = Field.TARGET;
		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < this.sessions; i++) {
				Peer peer = field.open(target, from);
				peers.add(peer);
				peer.write("before\n");
				peer.expect("before");
			}
			switch (this.act) {
				case PAUSE -> {
					act(field, "pause", "");
					field.application().awaitState(target, "PAUSED");
					peers.add(field.open(target, from));
					Peer waiting = peers.get(this.sessions);
					waiting.write("waits\n");
					waiting.expectSilence(150);
					act(field, "resume", "");
					waiting.expect("waits");
					for (Peer peer : peers) {
						peer.write("behind\n");
						peer.expect("behind");
						leave(field, peer);
					}
				}
				case DRAIN -> {
					act(field, "drain", ", \"timeout\": \"2s\"");
					for (int i = 0; i < peers.size(); i++) {
						peers.get(i).expect("bye");
						if (i == 0) {
							leave(field, peers.get(i));
						}
					}
					for (Peer peer : peers.subList(1, peers.size())) {
						field.ended(target, "SERVER_STOPPED");
						peer.expectEnd();
						peer.close();
					}
					startAgain(field);
				}
				case STOP, RESTART, DRAIN_OVER -> {
					switch (this.act) {
						case STOP -> act(field, "stop", ", \"timeout\": \"2s\"");
						case RESTART -> act(field, "restart", ", \"timeout\": \"2s\"");
						default -> act(field, "drain", ", \"over\": \"400ms\", \"timeout\": \"3s\"");
					}
					for (Peer peer : peers) {
						field.ended(target, "SERVER_STOPPED");
						peer.expect("bye");
						peer.expectEnd();
						peer.close();
					}
					if (this.act == Act.RESTART) {
						field.application().awaitState(target, "RUNNING");
					}
					else {
						startAgain(field);
					}
				}
				default -> throw new IllegalStateException();
			}
		}
		finally {
			for (Peer peer : peers) {
				peer.close();
			}
		}
		try (Peer peer = field.open(target, from)) {
			peer.write("again\n");
			peer.expect("again");
			leave(field, peer);
		}
	}

	/**
	 * Waits until the server has noticed: else the next stop might end the session first.
	 */
	private static void leave(Field field, Peer peer) throws IOException {
		field.ended(Field.TARGET, "PEER_CLOSED");
		peer.endOutput();
		peer.expectEnd();
	}

	private void act(Field field, String action, String more) throws IOException, InterruptedException {
		field.application().post("socketservers/" + Field.TARGET, "{\"action\": \"" + action + "\"" + more + "}");
	}

	private void startAgain(Field field) throws Exception {
		field.application().awaitState(Field.TARGET, "STOPPED");
		try {
			Peer.connect(field.application().port(Field.TARGET), InetAddress.getLoopbackAddress(), false).close();
			throw new AssertionError("A server that is stopped has accepted a connection");
		}
		catch (ConnectException ex) {
			act(field, "start", "");
		}
		field.application().awaitState(Field.TARGET, "RUNNING");
	}

	private static void close(Field field, InetAddress from) throws Exception {
		try (Peer peer = field.open("line", from)) {
			field.ended("line", "OPERATOR_CLOSED");
			field.application().delete("socketsessions/" + peer.ask("id"));
			peer.expectEnd();
		}
	}

	private static void hold(Field field, InetAddress from) throws Exception {
		try (Peer peer = field.open("loop", from)) {
			field.ended("loop", "PEER_CLOSED");
			String id = peer.ask("id");
			field.application().post("socketsessions/" + id, "{\"action\": \"pause\"}");
			peer.write("held\n");
			peer.expectSilence(150);
			field.application().post("socketsessions/" + id, "{\"action\": \"resume\"}");
			peer.expect("held");
		}
	}

	private static void tap(Field field, InetAddress from) throws Exception {
		try (Peer peer = field.open("tls", from)) {
			field.ended("tls", "PEER_CLOSED");
			String id = peer.ask("id");
			String tap = field.application()
				.post("sockettaps", "{\"session\": \"" + id + "\", \"for\": \"10s\"}")
				.get("id")
				.asString();
			peer.write("tapped\n");
			peer.expect("tapped");
			String text = "";
			for (int i = 0; i < 200 && !text.contains("< \"tapped"); i++) {
				text = field.application().text("GET", "/actuator/sockettaps/" + tap + "?format=text", null, 200);
				Pause.millis(5);
			}
			if (!text.contains("> \"tapped") || !text.contains("< \"tapped")) {
				throw new AssertionError("The tap has not seen what was said: " + text);
			}
			field.application().delete("sockettaps/" + tap);
		}
	}

	@Override
	public String kind() {
		return "Operation " + this.act;
	}

}
