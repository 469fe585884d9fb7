package dev.socketserver.chaos;

import java.net.InetAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A request of the client of the application. Whatever becomes of it, the application is
 * notified of it.
 *
 * @param behavior what its peer does with it
 */
record ClientAsk(Behavior behavior) implements Action {

	private static final String CLIENT = ClientLoss.CLIENT;

	private static final int SOON_MILLIS = 250;

	private static final int LATER_MILLIS = 6_000;

	/** What becomes of a request. */
	enum Behavior {

		/** The peer answers. */
		ANSWERED,

		/** The peer does not answer. */
		NEVER,

		/** The peer answers when the reply is not awaited any more. */
		LATE,

		/** The peer goes. */
		GONE,

		/** There is no peer. */
		NOT_SENT

	}

	@Override
	public void play(Field field, InetAddress from) throws Exception {
		synchronized (field.upstream()) {
			if (this.behavior == Behavior.NOT_SENT) {
				askNobody(field);
			}
			else {
				ask(field);
			}
			ClientLoss.awaitStopped(field);
		}
	}

	private static void askNobody(Field field) throws Exception {
		field.upstream().refuse();
		try {
			ClientLoss.act(field, "start");
			outcome(ask(field, "nobody", SOON_MILLIS), field, "NOT_SENT", "not sent");
			ClientLoss.act(field, "stop");
		}
		finally {
			field.upstream().listenAgain();
		}
	}

	private void ask(Field field) throws Exception {
		ClientLoss.act(field, "start");
		try (Peer peer = ClientLoss.accept(field)) {
			// From now on what is sent leaves at once.
			answer(field, peer);
			boolean soon = this.behavior == Behavior.NEVER || this.behavior == Behavior.LATE;
			Future<String> asked = ask(field, "question", soon ? SOON_MILLIS : LATER_MILLIS);
			peer.expect("question");
			switch (this.behavior) {
				case ANSWERED -> {
					peer.write("answer\n");
					outcome(asked, field, "SUCCESS", "reply answer");
				}
				case LATE -> {
					outcome(asked, field, "TIMEOUT", "timeout");
					field.model().expect(CLIENT, "repliesDropped");
					peer.write("answer\n");
					answer(field, peer);
				}
				case GONE -> {
					field.ended(CLIENT, "PEER_RESET");
					peer.reset();
					outcome(asked, field, "FAILURE", "failure");
				}
				default -> outcome(asked, field, "TIMEOUT", "timeout");
			}
			if (this.behavior != Behavior.GONE) {
				ClientLoss.stop(field, peer);
				return;
			}
		}
		try (Peer next = ClientLoss.accept(field)) {
			answer(field, next);
			ClientLoss.stop(field, next);
		}
	}

	private static void answer(Field field, Peer peer) throws Exception {
		Future<String> another = ask(field, "another", LATER_MILLIS);
		peer.expect("another");
		peer.write("another\n");
		outcome(another, field, "SUCCESS", "reply another");
	}

	private static Future<String> ask(Field field, String text, int millis) {
		return field.threads()
			.submit(() -> field.application()
				.text("POST", "/upstream/ask?text=" + text + "&millis=" + millis, null, 200));
	}

	/** Fails unless that is the outcome that the application received. */
	private static void outcome(Future<String> asked, Field field, String outcome, String expected) throws Exception {
		field.model().expect(CLIENT, "requests." + outcome);
		String received = asked.get(Peer.patienceMillis(), TimeUnit.MILLISECONDS);
		if (!received.equals(expected)) {
			throw new AssertionError("A request of the client has had '" + received + "' and not '" + expected + "'");
		}
	}

	@Override
	public String kind() {
		return "ClientAsk " + this.behavior;
	}

}
