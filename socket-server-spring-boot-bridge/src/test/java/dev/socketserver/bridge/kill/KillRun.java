package dev.socketserver.bridge.kill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that send many messages at a time, while one thing after the other is killed, and
 * their connections are. The seed decides what and when. {@code -Dbridge.messages} says
 * how many are sent between two kills at most, {@code -Dbridge.minutes} ends a long run.
 */
final class KillRun {

	private static final int IN_FLIGHT = Integer.getInteger("bridge.in-flight", 32);

	private static final Duration LIMIT = Duration.ofMinutes(10);

	private static final Duration MOST = Duration.ofMinutes(Long.getLong("bridge.minutes", 230));

	/** At most so many messages between two kills. */
	private static final int MESSAGES = Integer.getInteger("bridge.messages", 2_000);

	/** A line is printed after so many kills. */
	private static final int STEP = 20;

	/** All is compared after so many kills. */
	private static final int CHECK = 200;

	private final Ledger ledger = new Ledger();

	/**
	 * Grows with each kill, so that a long run has no more messages than can be compared.
	 */
	private final Allowance allowance = new Allowance(0);

	private final long seed = Long.getLong("bridge.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	private final List<PipeliningPeer> peers = new ArrayList<>();

	private final List<Kill> kills;

	private final Stored stored;

	private final Map<String, Integer> done = new TreeMap<>();

	/**
	 * Creates a run.
	 * @param peers how many peers send messages
	 * @param ports where the servers listen, which have the peers in turn
	 * @param kills what is killed: all of them in random order, again and again, and a
	 * connection for each of them
	 * @param stored the ids in the order of their store
	 */
	KillRun(int peers, List<Integer> ports, List<Kill> kills, Stored stored) {
		this.stored = stored;
		for (int i = 0; i < peers; i++) {
			this.peers
				.add(new PipeliningPeer("p" + i, IN_FLIGHT, ports.get(i % ports.size()), this.ledger, this.allowance));
		}
		this.kills = new ArrayList<>(kills);
		Kill connection = new Kill("connection", () -> this.peers.get(this.random.nextInt(peers)).reset());
		this.kills.addAll(Collections.nCopies(kills.size(), connection));
	}

	/**
	 * Has peers send messages until all kills are done, and all is acknowledged. Now and
	 * then, and at the end, compares what was acknowledged with what is stored.
	 * @param count how often something is killed
	 */
	void run(int count) throws Exception {
		long begun = System.nanoTime();
		ExecutorService threads = Executors.newFixedThreadPool(this.peers.size());
		Deque<Kill> next = new ArrayDeque<>();
		try {
			List<Future<?>> running = new ArrayList<>();
			this.peers.forEach((peer) -> running.add(threads.submit(peer)));
			for (int kill = 1; kill <= count && System.nanoTime() - begun < MOST.toNanos(); kill++) {
				if (next.isEmpty()) {
					List<Kill> all = new ArrayList<>(this.kills);
					Collections.shuffle(all, this.random);
					next.addAll(all);
				}
				kill(next.remove());
				for (Future<?> each : running) {
					if (each.isDone()) {
						each.get();
					}
				}
				if (kill % CHECK == 0) {
					check();
				}
				if (kill % STEP == 0) {
					System.out.printf("%s after %d s%n", this, (System.nanoTime() - begun) / 1_000_000_000);
				}
			}
			this.allowance.end();
			for (Future<?> each : running) {
				each.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
			}
			check();
		}
		finally {
			this.allowance.end();
			threads.shutdownNow();
		}
	}

	private void kill(Kill kill) throws Exception {
		int more = 1 + this.random.nextInt(MESSAGES);
		this.allowance.add(more);
		this.ledger.await(this.ledger.size() + more / 2, LIMIT);
		kill.action().perform();
		this.done.merge(kill.name(), 1, Integer::sum);
	}

	private void check() throws Exception {
		List<String> acknowledged = this.ledger.acknowledged();
		List<String> now = this.stored.read();
		assertThat(Ledger.check(acknowledged, now)).as("of %s", this).isEmpty();
		System.out.println(this + "; " + acknowledged.size() + " compared with " + now.size() + " that are stored");
	}

	/** Says what happened, and how to have it again. */
	@Override
	public String toString() {
		return this.done + ": " + this.ledger.size() + " acknowledged; again with -Dbridge.seed=" + this.seed;
	}

	/**
	 * What is killed.
	 *
	 * @param name its name
	 * @param action kills it, and has it start again
	 */
	record Kill(String name, Action action) {

	}

	/** Reads what is stored. */
	interface Stored {

		List<String> read() throws Exception;

	}

	/** Kills something, and has it start again. */
	interface Action {

		void perform() throws Exception;

	}

}
