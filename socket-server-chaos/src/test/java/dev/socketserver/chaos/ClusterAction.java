package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;

/**
 * Sends to identities of the other node go on while something happens to the cluster, or
 * to the identities.
 *
 * @param event what happens
 */
record ClusterAction(Event event) implements Action {

	/** What happens to the cluster. */
	enum Event {

		/** Nothing. */
		NOTHING,

		/** Sessions of both nodes take an identity from each other. */
		TAKEOVERS,

		/** Redis is killed, and starts again empty. */
		REDIS_RESTART,

		/** The other node is killed, and starts again. */
		NODE_KILL,

		/** The other node is frozen for longer than its lease, and goes on. */
		NODE_FREEZE

	}

	@Override
	public void play(Field field, InetAddress from) throws Exception {
		Cluster cluster = Objects.requireNonNull(field.cluster());
		synchronized (cluster) {
			switch (this.event) {
				case NOTHING -> both(field, from, () -> {
				});
				case TAKEOVERS -> new Takeovers(field, cluster, from).play();
				case REDIS_RESTART -> both(field, from, () -> restartRedis(field, cluster));
				case NODE_KILL, NODE_FREEZE -> away(field, from, cluster);
			}
		}
	}

	/** Sends in both directions. All peers live: what is written arrives. */
	private static void both(Field field, InetAddress from, Happening happening) throws Exception {
		Cluster cluster = Objects.requireNonNull(field.cluster());
		String there = "there-" + from.getHostAddress();
		String here = "here-" + from.getHostAddress();
		try (Peer other = bound(cluster.other(), from, there);
				DirectedSends out = new DirectedSends(cluster, there, connect(field, from), other, field.threads());
				Peer mine = connect(field, from)) {
			bind(mine, here);
			try (DirectedSends in = new DirectedSends(cluster, here,
					Peer.connect(cluster.other().port(Cluster.SERVER), from, false), mine, field.threads())) {
				out.awaitWritten(10);
				in.awaitWritten(10);
				happening.run();
				out.awaitWritten(10);
				in.awaitWritten(10);
				in.stop();
				out.stop();
				in.verify(Integer.MAX_VALUE, true);
				out.verify(Integer.MAX_VALUE, true);
			}
		}
		field.ended(Cluster.SERVER, "PEER_CLOSED");
		field.ended(Cluster.SERVER, "PEER_CLOSED");
	}

	private static void restartRedis(Field field, Cluster cluster) throws Exception {
		String id = "claimed-again";
		try (Peer owner = bound(cluster.other(), InetAddress.getLoopbackAddress(), id)) {
			String found = owner.ask("find " + id);
			cluster.redis().kill();
			Cluster.awaitDirectory(field.application(), "DOWN");
			Cluster.awaitDirectory(cluster.other(), "DOWN");
			cluster.redis().start();
			Cluster.awaitDirectory(field.application(), "UP");
			Cluster.awaitDirectory(cluster.other(), "UP");
			Cluster.awaitState(field.application(), Cluster.OTHER, "UP");
			Cluster.awaitState(cluster.other(), Cluster.NODE, "UP");
			// Announced again, with its token: Redis had forgotten it.
			Await.until(() -> owner.ask("find " + id).equals(found), "The claim was not announced again: " + found);
			cluster.countRestart();
		}
	}

	/**
	 * The other node goes: its identity can be had here, by one session only; then it
	 * comes back.
	 */
	private void away(Field field, InetAddress from, Cluster cluster) throws Exception {
		String id = "away-" + from.getHostAddress();
		boolean killed = this.event == Event.NODE_KILL;
		try (Peer other = bound(cluster.other(), from, id);
				DirectedSends sends = new DirectedSends(cluster, id, connect(field, from), other, field.threads());
				Peer heir = connect(field, from)) {
			sends.awaitWritten(10);
			int until;
			long begin = System.nanoTime();
			if (killed) {
				cluster.kill();
			}
			else {
				cluster.other().signal("STOP");
			}
			try {
				Cluster.awaitState(field.application(), Cluster.OTHER, "DEAD");
				Await.until(() -> sends.claim(heir), "A dead node keeps " + id);
				until = sends.next();
				sends.awaitWritten(10);
				if ((System.nanoTime() - begin) / 1_000_000 < Cluster.LEASE_MILLIS / 2) {
					throw new AssertionError("The other node was dead before its lease could end");
				}
			}
			finally {
				if (!killed) {
					cluster.other().signal("CONT");
				}
			}
			sends.stop();
			sends.awaitEnd();
			if (killed) {
				cluster.startAgain();
			}
			Cluster.awaitState(field.application(), Cluster.OTHER, "UP");
			claimBack(field, from, cluster, id);
			sends.verify(until, false);
			// What was written is at one of the two; a peer that was killed may have
			// missed some.
			sends.verifyWith(heir, killed ? until : 0);
		}
		field.ended(Cluster.SERVER, "PEER_CLOSED");
		field.ended(Cluster.SERVER, "REPLACED");
	}

	/** The other node claims again what it had: the one owner here is replaced. */
	private static void claimBack(Field field, InetAddress from, Cluster cluster, String id) throws Exception {
		try (Peer back = bound(cluster.other(), from, id)) {
			try (DirectedSends sends = new DirectedSends(cluster, id, connect(field, from), back, field.threads())) {
				sends.awaitWritten(10);
				sends.stop();
				sends.verify(Integer.MAX_VALUE, true);
			}
			field.ended(Cluster.SERVER, "PEER_CLOSED");
		}
	}

	private static Peer connect(Field field, InetAddress from) throws IOException {
		return field.connect(Cluster.SERVER, from);
	}

	private static Peer bound(Application node, InetAddress from, String id) throws Exception {
		Peer peer = Peer.connect(node.port(Cluster.SERVER), from, false);
		bind(peer, id);
		return peer;
	}

	private static void bind(Peer peer, String id) throws IOException {
		peer.write("bind REPLACE " + id + "\n");
		peer.expect("true");
	}

	@Override
	public boolean needsCluster() {
		return true;
	}

	@Override
	public String kind() {
		return "Cluster " + this.event;
	}

	/** What happens while there are sends. */
	private interface Happening {

		void run() throws Exception;

	}

}
