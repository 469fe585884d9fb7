package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What peers do that none should do. Each ends as the documentation says.
 */
sealed interface Abuse extends Action {

	/** Says nothing any more. */
	record Vanish(String server) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.connect(this.server, from)) {
				field.ended(this.server, "IDLE_TIMEOUT");
				// Not when the answer is read, which may be late.
				long begin = System.nanoTime();
				peer.write("here\n");
				peer.expect("here");
				peer.expectEnd();
				long millis = (System.nanoTime() - begin) / 1_000_000;
				if (millis < 2_000) {
					throw new AssertionError("The idle timeout is 2500 ms, but the session ended after " + millis);
				}
			}
		}

	}

	/** Begins a frame, and says nothing any more. */
	record HalfFrame(String server) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.connect(this.server, from)) {
				field.ended(this.server, "FRAME_TIMEOUT");
				peer.write("half of a");
				peer.expectEnd();
			}
		}

	}

	/** Sends, and never reads a reply, until the server resets the connection. */
	record NeverRead(String server) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			try (Peer peer = field.connect(this.server, from, true)) {
				field.ended(this.server, "WRITE_TIMEOUT");
				CountDownLatch reset = new CountDownLatch(1);
				String line = "n".repeat(2_000) + "\n";
				Future<?> writer = field.threads().submit(() -> {
					try {
						for (int i = 0; i < 10_000; i++) {
							peer.write(line);
						}
					}
					catch (IOException ex) {
						reset.countDown();
					}
				});
				if (!reset.await(Peer.patienceMillis(), TimeUnit.MILLISECONDS)) {
					throw new AssertionError(writer.isDone() ? "The server has taken 20 MB of a peer that does not read"
							: "The server keeps a peer that does not read");
				}
			}
		}

	}

	/** Sends a frame that is longer than allowed. */
	record TooLong(String server) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.connect(this.server, from)) {
				field.ended(this.server, "FRAME_TOO_LARGE");
				peer.write("before\n" + "l".repeat(6_000));
				peer.expect("before");
				peer.expectEnd();
			}
		}

	}

	/** Speaks no TLS, or begins and does not go on. */
	record BadTls(boolean stalls) implements Abuse {

		private static final String SERVER = "tls";

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.connect(SERVER, from)) {
				field.model().expect(SERVER, "rejected.TLS_FAILED");
				field.model().expect(SERVER, "handshakes." + (this.stalls ? "TIMEOUT" : "FAILURE"));
				if (!this.stalls) {
					peer.write("GET / HTTP/1.1\r\n\r\n");
				}
				// An alert may be sent before.
				boolean ended = false;
				for (int i = 0; i < 10 && !ended; i++) {
					ended = isAtEnd(peer);
				}
				if (!ended) {
					throw new AssertionError("A connection without TLS goes on");
				}
			}
		}

		private static boolean isAtEnd(Peer peer) throws IOException {
			try {
				return peer.readLine() == null;
			}
			catch (SocketTimeoutException ex) {
				throw new AssertionError("The handshake has no end", ex);
			}
			catch (IOException ex) {
				return true;
			}
		}

		@Override
		public String kind() {
			return this.stalls ? "BadTls STALLS" : "BadTls GARBAGE";
		}

	}

	/** How a PROXY header lies. */
	enum Lie {

		/** It has an impossible address. */
		MALFORMED,

		/** It is sent by a peer that is no proxy. */
		UNTRUSTED,

		/** It is missing. */
		MISSING,

		/** None: the address in it is the one of the session. */
		TRUTH

	}

	/** Pretends another source. */
	record Proxy(Lie lie, int number) implements Abuse {

		private static final String SERVER = "proxy";

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			InetAddress socket = from;
			if (this.lie == Lie.UNTRUSTED) {
				byte[] address = from.getAddress();
				address[1] = 100;
				socket = InetAddress.getByAddress(address);
			}
			String claimed = "192.0.2." + (1 + this.number % 250);
			try (Peer peer = field.connect(SERVER, socket)) {
				if (this.lie == Lie.TRUTH) {
					field.ended(SERVER, "PEER_CLOSED");
					peer.write("PROXY TCP4 " + claimed + " 192.0.2.1 " + (1_000 + this.number) + " 80\r\nwhoami\n");
					peer.expect(claimed + ":" + (1_000 + this.number));
					return;
				}
				peer.write(header(claimed));
				peer.expectEnd();
			}
			catch (IOException ex) {
				// It was refused before it could say anything.
				if (this.lie != Lie.UNTRUSTED) {
					throw ex;
				}
			}
			field.model().expect(SERVER, "rejected.PROXY_REJECTED");
		}

		private String header(String claimed) {
			return switch (this.lie) {
				case MALFORMED -> "PROXY TCP4 " + claimed + ".999 192.0.2.1 1 99999\r\nwhoami\n";
				case MISSING -> "whoami, and more than enough for a header of any kind\r\n";
				case UNTRUSTED, TRUTH -> "PROXY TCP4 " + claimed + " 192.0.2.1 1 80\r\nwhoami\n";
			};
		}

		@Override
		public String kind() {
			return "Proxy " + this.lie;
		}

	}

	/** Takes more places than there are, of the server or of an address, twice. */
	record Crowd(boolean ofAddress) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			if (this.ofAddress) {
				crowd(field, "line", from, 4, "LIMIT_ADDRESS");
				return;
			}
			synchronized (field.locks().small()) {
				crowd(field, "small", from, 3, "LIMIT_SESSIONS");
			}
		}

		private static void crowd(Field field, String server, InetAddress from, int limit, String refusal)
				throws Exception {
			for (int round = 0; round < 2; round++) {
				List<Peer> peers = new ArrayList<>();
				try {
					for (int i = 0; i < limit; i++) {
						peers.add(admitted(field, server, from, refusal));
					}
					field.model().expect(server, "rejected." + refusal);
					try (Peer refused = field.connect(server, from)) {
						refused.expectEnd();
					}
					catch (SocketException ex) {
						// Reset before it could do anything.
					}
					for (Peer peer : peers) {
						peer.endOutput();
						peer.expectEnd();
					}
				}
				finally {
					for (Peer peer : peers) {
						peer.close();
					}
				}
			}
		}

		/**
		 * A place is free a little later than its peer sees the end of the session.
		 */
		private static Peer admitted(Field field, String server, InetAddress from, String refusal) throws Exception {
			for (int i = 0; i < 50; i++) {
				Peer peer = null;
				try {
					peer = field.connect(server, from);
					peer.write("crowd\n");
					peer.expect("crowd");
					field.ended(server, "PEER_CLOSED");
					return peer;
				}
				catch (IOException | AssertionError ex) {
					if (peer != null) {
						peer.close();
					}
					field.model().expect(server, "rejected." + refusal);
					Pause.millis(20);
				}
			}
			throw new AssertionError("No place becomes free");
		}

		@Override
		public String kind() {
			return this.ofAddress ? "Crowd ADDRESS" : "Crowd SERVER";
		}

	}

	/** Sends bytes that are no text. */
	record Garbage(String server, long seed) implements Abuse {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			byte[] bytes = new byte[200];
			new Random(this.seed).nextBytes(bytes);
			String text = new String(bytes, StandardCharsets.ISO_8859_1).replace('\n', ' ').replace('\r', ' ');
			try (Peer peer = field.connect(this.server, from)) {
				field.ended(this.server, "PEER_CLOSED");
				peer.write(text + "\n");
				peer.expect(text);
			}
		}

	}

}
