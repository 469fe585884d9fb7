package dev.socketserver.bridge.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.awaitility.Awaitility.await;

/**
 * Peers that send many messages at a time, while one thing after the other is killed, and
 * their connections are. The seed decides when.
 */
final class KillRun {

	private static final int IN_FLIGHT = 32;

	private final Ledger ledger = new Ledger();

	private final long seed = Long.getLong("bridge.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	private final int port;

	private final List<Kill> kills;

	/**
	 * Creates a run.
	 * @param port where the application listens
	 * @param kills what is killed, in turn
	 */
	KillRun(int port, List<Kill> kills) {
		this.port = port;
		this.kills = kills;
	}

	/**
	 * Has peers send messages until all kills are done, and all is acknowledged.
	 * @param count how often something is killed
	 * @param peerCount how many peers send messages
	 */
	void run(int count, int peerCount) throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService threads = Executors.newFixedThreadPool(peerCount);
		List<PipeliningPeer> peers = new ArrayList<>();
		List<Future<?>> running = new ArrayList<>();
		try {
			for (int i = 0; i < peerCount; i++) {
				PipeliningPeer peer = new PipeliningPeer("p" + i, IN_FLIGHT, this.port, this.ledger, () -> !over.get());
				peers.add(peer);
				running.add(threads.submit(peer));
			}
			for (int kill = 0; kill < count; kill++) {
				int more = this.ledger.size() + 1 + this.random.nextInt(2_000);
				await().atMost(Duration.ofMinutes(3)).until(() -> this.ledger.size() >= more);
				int kind = kill % (this.kills.size() + 1);
				if (kind < this.kills.size()) {
					this.kills.get(kind).kill();
				}
				else {
					peers.get(this.random.nextInt(peerCount)).reset();
				}
			}
			over.set(true);
			for (Future<?> each : running) {
				each.get(3, TimeUnit.MINUTES);
			}
		}
		finally {
			over.set(true);
			threads.shutdownNow();
		}
	}

	/**
	 * Compares what was acknowledged with what is stored.
	 * @param stored the ids in the order of the store
	 * @return what is wrong
	 */
	List<String> check(List<String> stored) {
		return this.ledger.check(stored);
	}

	/** Says what happened, and how to have it again. */
	@Override
	public String toString() {
		return this.ledger.size() + " acknowledged; again with -Dbridge.seed=" + this.seed;
	}

	/** Kills something, and has it start again. */
	interface Kill {

		void kill() throws Exception;

	}

}
