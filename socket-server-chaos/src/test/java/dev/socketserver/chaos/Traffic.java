package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;

/**
 * What peers do that behave, or are in trouble themselves. Every reply is compared.
 */
sealed interface Traffic extends Action {

	/** How a peer goes. */
	enum Ending {

		/** It closes the connection. */
		CLOSE("PEER_CLOSED"),

		/** It ends its output, and reads what is left. */
		HALF_CLOSE("PEER_CLOSED"),

		/** It ends its output within a line, which is a frame. */
		LAST_LINE("PEER_CLOSED"),

		/** It resets the connection. */
		RESET("PEER_RESET"),

		/** The handler closes the session. */
		BY_HANDLER("HANDLER_CLOSED");

		private final String reason;

		Ending(String reason) {
			this.reason = reason;
		}

	}

	/**
	 * Sends lines, cut anywhere, and reads the replies.
	 *
	 * @param server the server
	 * @param seed makes the lines
	 * @param lines how many
	 * @param ending how the peer goes
	 */
	record Talk(String server, long seed, int lines, Ending ending) implements Traffic {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			Random random = new Random(this.seed);
			try (Peer peer = field.open(this.server, from)) {
				field.ended(this.server, this.ending.reason);
				List<String> sent = new ArrayList<>();
				StringBuilder text = new StringBuilder();
				for (int i = 0; i < this.lines; i++) {
					sent.add(i + " " + "x".repeat(random.nextInt(200)));
					text.append(sent.get(i)).append('\n');
				}
				boolean last = this.ending == Ending.LAST_LINE;
				peer.writeSplit(last ? text.substring(0, text.length() - 1) : text.toString(), random);
				if (last || this.ending == Ending.HALF_CLOSE) {
					peer.endOutput();
				}
				for (String line : sent) {
					peer.expect(line);
				}
				end(peer);
			}
		}

		private void end(Peer peer) throws IOException {
			switch (this.ending) {
				case HALF_CLOSE, LAST_LINE -> peer.expectEnd();
				case RESET -> peer.reset();
				case BY_HANDLER -> {
					peer.write("close\n");
					peer.expectEnd();
				}
				case CLOSE -> {
					// By the end of the block.
				}
			}
		}

		@Override
		public String kind() {
			return "Talk " + this.ending;
		}

	}

	/**
	 * Has the handler send lines with callbacks.
	 *
	 * @param server the server
	 * @param lines how many
	 */
	record Burst(String server, int lines) implements Traffic {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.open(this.server, from)) {
				field.ended(this.server, "PEER_CLOSED");
				peer.write("send " + this.lines + "\n");
				for (int i = 0; i < this.lines; i++) {
					peer.expect("sent " + i);
				}
			}
		}

	}

	/**
	 * Stops reading while it goes on sending, and then reads everything.
	 *
	 * @param server the server
	 * @param millis for how long it does not read
	 */
	record FreezeAndThaw(String server, int millis) implements Traffic {

		private static final int LINES = 600;

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			try (Peer peer = field.connect(this.server, from, true)) {
				field.ended(this.server, "PEER_CLOSED");
				String line = "f".repeat(1_000);
				Future<?> writer = field.threads().submit(() -> {
					for (int i = 0; i < LINES; i++) {
						peer.write(i + " " + line + "\n");
					}
					return null;
				});
				Pause.millis(this.millis);
				if (writer.isDone()) {
					throw new AssertionError("Everything was taken although nothing was read");
				}
				for (int i = 0; i < LINES; i++) {
					peer.expect(i + " " + line);
				}
				writer.get(Peer.patienceMillis(), TimeUnit.MILLISECONDS);
			}
		}

	}

	/**
	 * Sends lines with checksums, damaged ones among them, and heartbeats. Only what is
	 * right is answered, and the handler sees no heartbeat.
	 *
	 * @param seed makes the lines
	 * @param lines how many
	 */
	record Sums(long seed, int lines) implements Traffic {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			Random random = new Random(this.seed);
			try (Peer peer = field.open("sums", from)) {
				field.ended("sums", "PEER_CLOSED");
				for (int i = 0; i < this.lines; i++) {
					String line = i + " " + "x".repeat(random.nextInt(200));
					String number = String.valueOf(100 + i);
					peer.writeSplit(summed(line, 1) + "\n" + summed("PING " + number, 0) + "\n", random);
					peer.expect(summed("PONG " + number, 0));
					peer.writeSplit(summed(line, 0) + "\n", random);
					peer.expect(summed(line, 0));
				}
			}
		}

		/** A line with its checksum, or one that is wrong. */
		private static String summed(String line, int wrong) {
			return line + "%02X".formatted(line.chars().reduce(wrong, (sum, each) -> sum ^ each));
		}

	}

	/**
	 * Compares what the endpoint reports about a session that has ended with what was
	 * sent.
	 *
	 * @param server the server
	 * @param lines how many lines are sent
	 */
	record Accounts(String server, int lines) implements Traffic {

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			String id;
			long sent;
			long received;
			try (Peer peer = field.open(this.server, from)) {
				field.ended(this.server, "PEER_CLOSED");
				id = peer.ask("id");
				for (int i = 0; i < this.lines; i++) {
					peer.write("line " + i + "\n");
					peer.expect("line " + i);
				}
				peer.endOutput();
				peer.expectEnd();
				sent = peer.sent();
				received = peer.received();
			}
			JsonNode json = field.application().get("socketsessions/" + id);
			for (int i = 0; i < 200 && !json.get("state").asString().equals("CLOSED"); i++) {
				Pause.millis(10);
				json = field.application().get("socketsessions/" + id);
			}
			check(json, "closed", "reason", "PEER_CLOSED");
			check(json, "bytes", "received", sent);
			check(json, "bytes", "sent", received);
			check(json, "messages", "received", this.lines + 1);
			check(json, "messages", "sent", this.lines + 1);
		}

		private static void check(JsonNode json, String object, String name, Object expected) {
			String shown = json.get(object).get(name).asString();
			if (!shown.equals(expected.toString())) {
				throw new AssertionError("The endpoint reports " + shown + " for " + object + "." + name
						+ " instead of " + expected + ": " + json);
			}
		}

	}

}
