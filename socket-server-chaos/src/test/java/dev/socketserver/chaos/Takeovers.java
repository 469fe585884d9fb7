package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Sessions of both nodes take one identity from each other: first in turn, then all at
 * once. Each owner has a greater token than those before it, which are ended, and both
 * nodes find the last one only.
 */
final class Takeovers {

	private static final int TURNS = 6;

	private static final int AT_ONCE = 8;

	private final Field field;

	private final Cluster cluster;

	private final InetAddress from;

	private final String id;

	/** Who looks for the owner, at each of the nodes. */
	private final List<Peer> lookers = new ArrayList<>();

	private long token;

	Takeovers(Field field, Cluster cluster, InetAddress from) {
		this.field = field;
		this.cluster = cluster;
		this.from = from;
		this.id = "taken-" + from.getHostAddress();
	}

	void play() throws Exception {
		List<Taker> takers = new ArrayList<>();
		try {
			this.lookers.add(connect(true));
			this.lookers.add(connect(false));
			inTurn(takers);
			atOnce(takers);
			this.field.ended(Cluster.SERVER, "PEER_CLOSED");
		}
		finally {
			for (Taker taker : takers) {
				taker.peer.close();
			}
			for (Peer looker : this.lookers) {
				looker.close();
			}
		}
	}

	private void inTurn(List<Taker> takers) throws Exception {
		Taker before = null;
		for (int i = 0; i < TURNS; i++) {
			// One after another session of its own node, and of the other.
			Taker next = taker((i + 1) / 2 % 2 == 1);
			takers.add(next);
			next.took(next.peer.ask("take " + this.id));
			if (next.token <= this.token) {
				throw new AssertionError(
						"The next owner of " + this.id + " has token " + next.token + " after " + this.token);
			}
			this.token = next.token;
			if (before != null) {
				lost(before);
			}
			awaitFound(next);
			before = next;
		}
	}

	private void atOnce(List<Taker> takers) throws Exception {
		Taker owner = takers.get(takers.size() - 1);
		for (int i = 0; i < AT_ONCE; i++) {
			takers.add(taker(i % 2 == 0));
		}
		List<Taker> others = takers.subList(TURNS, takers.size());
		for (Taker taker : others) {
			taker.peer.write("take " + this.id + "\n");
		}
		Taker last = owner;
		for (Taker taker : others) {
			taker.took(taker.reply());
			if (taker.token == last.token && taker.token != 0) {
				throw new AssertionError("Two owners of " + this.id + " have token " + taker.token);
			}
			last = (taker.token > last.token) ? taker : last;
		}
		awaitFound(last);
		lost(owner);
		for (Taker taker : others) {
			if (taker != last) {
				lost(taker);
			}
		}
		awaitFound(last);
		if (last.mine) {
			this.field.ended(Cluster.SERVER, "PEER_CLOSED");
		}
	}

	private void awaitFound(Taker taker) throws Exception {
		String expected = (taker.mine ? Cluster.NODE : Cluster.OTHER) + " " + taker.token;
		for (Peer looker : this.lookers) {
			Await.until(() -> looker.ask("find " + this.id).equals(expected),
					"Not found as the owner of " + this.id + ": " + expected);
		}
	}

	private void lost(Taker taker) throws IOException {
		taker.peer.expectEnd();
		if (taker.mine) {
			this.field.ended(Cluster.SERVER, "REPLACED");
		}
	}

	private Taker taker(boolean mine) throws IOException {
		return new Taker(mine, connect(mine));
	}

	private Peer connect(boolean mine) throws IOException {
		return mine ? this.field.connect(Cluster.SERVER, this.from)
				: Peer.connect(this.cluster.other().port(Cluster.SERVER), this.from, false);
	}

	/** A session that takes the identity. */
	private static final class Taker {

		private final boolean mine;

		private final Peer peer;

		/** 0 if it has lost the identity before it could say so. */
		private long token;

		Taker(boolean mine, Peer peer) {
			this.mine = mine;
			this.peer = peer;
		}

		/** Returns what it receives, unless it is ended before. */
		@Nullable String reply() {
			try {
				return this.peer.readLine();
			}
			catch (IOException ex) {
				return null;
			}
		}

		void took(@Nullable String reply) {
			this.token = (reply != null) ? Long.parseLong(reply) : 0;
		}

	}

}
