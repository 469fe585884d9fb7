package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;

/**
 * A request of a handler to its peer.
 *
 * @param behavior what the peer does with it
 */
record Question(Behavior behavior) implements Action {

	private static final String SERVER = "asks";

	/** What becomes of a request. */
	enum Behavior {

		/** The peer answers. */
		ANSWERED("SUCCESS"),

		/** The peer does not answer. */
		NEVER("TIMEOUT"),

		/** The peer answers when the reply is not awaited any more. */
		LATE("TIMEOUT"),

		/** The peer goes. */
		GONE("FAILURE");

		private final String outcome;

		Behavior(String outcome) {
			this.outcome = outcome;
		}

	}

	@Override
	public void play(Field field, InetAddress from) throws IOException {
		try (Peer peer = field.connect(SERVER, from)) {
			field.ended(SERVER, (this.behavior == Behavior.GONE) ? "PEER_RESET" : "PEER_CLOSED");
			field.model().expect(SERVER, "requests." + this.behavior.outcome);
			peer.write("ask " + ((this.behavior.outcome.equals("TIMEOUT")) ? 250 : 6_000) + " question\n");
			peer.expect("question");
			switch (this.behavior) {
				case ANSWERED -> {
					peer.write("answer\n");
					peer.expect("reply answer");
				}
				case NEVER -> peer.expect("timeout");
				case LATE -> {
					peer.expect("timeout");
					field.model().expect(SERVER, "repliesDropped");
					peer.write("answer\n");
					field.model().expect(SERVER, "requests.SUCCESS");
					peer.write("ask 6000 second\n");
					peer.expect("second");
					peer.write("another\n");
					peer.expect("reply another");
				}
				case GONE -> peer.reset();
			}
		}
	}

	@Override
	public String kind() {
		return "Question " + this.behavior;
	}

}
