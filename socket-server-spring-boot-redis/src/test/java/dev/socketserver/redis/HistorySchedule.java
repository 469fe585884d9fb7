package dev.socketserver.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.fixtures.ClusterHistory;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to up to three nodes and their Redis, by a seed: binds, sends and faults,
 * each at its time.
 */
final class HistorySchedule implements AutoCloseable {

	private static final long MILLI = 1_000_000;

	/** The last may have several owners. */
	private static final List<String> IDENTITIES = List.of("1", "2", "3", "all");

	/** What goes wrong. */
	enum Fault {

		CUT, BREAK, KILL_PUBSUB, KILL_NORMAL, EMPTY_RESTART, FREEZE, KILL_NODE, PAUSE

	}

	final ClusterHistory history = new ClusterHistory();

	/** What has really happened. */
	final List<String> happened = new ArrayList<>();

	private final Random random;

	private final Duration lease;

	private final PriorityQueue<Step> steps = new PriorityQueue<>();

	private final RedisServer redis;

	private final List<HistoryNode> nodes = new ArrayList<>();

	private final long began;

	private boolean redisAway;

	private int frames;

	HistorySchedule(long seed, int nodes, Duration lease, boolean processes, Mutant mutant) {
		this.random = new Random(seed);
		this.lease = lease;
		this.redis = RedisServer.open();
		for (String name : List.of("a", "b", "c").subList(0, nodes)) {
			this.nodes.add(new HistoryNode(this.redis, name, lease, processes, mutant, this.history));
		}
		this.nodes.forEach((node) -> node.ask("settle"));
		this.began = System.nanoTime();
	}

	/** Does what the seed says for some time, and has everything healed. */
	void run(Duration time, boolean faults) {
		long nextFault = this.random.nextInt(400) * MILLI;
		int fault = this.random.nextInt(Fault.values().length);
		for (long at = 0; at < time.toNanos(); at += (1 + this.random.nextInt(40)) * MILLI) {
			act(at);
			if (faults && at >= nextFault) {
				fail(at, Fault.values()[fault++ % Fault.values().length], time);
				nextFault = at + (200 + this.random.nextInt(800)) * MILLI;
			}
		}
		for (Step step; (step = this.steps.poll()) != null;) {
			long left;
			while ((left = this.began + step.at - System.nanoTime()) > 0) {
				LockSupport.parkNanos(left);
			}
			step.task.run();
		}
	}

	private void at(long at, Runnable task) {
		this.steps.add(new Step(at, this.steps.size(), task));
	}

	private HistoryNode anyNode() {
		return this.nodes.get(this.random.nextInt(this.nodes.size()));
	}

	private void act(long at) {
		HistoryNode node = anyNode();
		String id = IDENTITIES.get(this.random.nextInt(IDENTITIES.size()));
		String policy = id.equals("all") ? "ALLOW" : (this.random.nextInt(3) == 0) ? "REJECT" : "REPLACE";
		switch (this.random.nextInt(8)) {
			case 0, 1 -> at(at, () -> node.command("claim " + id + " " + policy));
			case 2 -> at(at, () -> node.command("end"));
			default -> {
				String frame = "f" + (++this.frames);
				at(at, () -> node.command("call " + id + " " + frame));
			}
		}
	}

	private void fail(long at, Fault fault, Duration time) {
		HistoryNode node = anyNode();
		long longest = Math.max(300, Math.min(this.lease.toMillis() * 3 / 2, time.toMillis() / 2));
		long end = at + (100 + this.random.nextInt((int) longest)) * MILLI;
		switch (fault) {
			case CUT -> {
				at(at, () -> {
					node.relay.cut();
					note(fault, at, node);
				});
				at(end, node.relay::heal);
			}
			case BREAK -> at(at, () -> {
				node.relay.end();
				note(fault, at, node);
			});
			case KILL_PUBSUB -> at(at, () -> kill(fault, at, "pubsub"));
			case KILL_NORMAL -> at(at, () -> kill(fault, at, "normal"));
			case EMPTY_RESTART -> {
				at(at, () -> {
					if (!this.redisAway) {
						this.redisAway = true;
						this.redis.kill();
						note(fault, at, null);
						at(end, () -> {
							this.redis.start();
							this.redisAway = false;
						});
					}
				});
			}
			case FREEZE -> at(at, () -> {
				if (!node.frozen && node.freeze()) {
					note(fault, at, node);
					at(end, () -> {
						if (node.frozen) {
							node.thaw();
						}
					});
				}
			});
			case KILL_NODE -> at(at, () -> {
				if (!node.frozen) {
					node.killAndStart();
					note(fault, at, node);
				}
			});
			default -> at(at, () -> {
				if (!this.redisAway) {
					long millis = (end - at) / MILLI;
					this.redis.command("CLIENT PAUSE " + millis + " ALL");
					note(fault, at, null);
				}
			});
		}
	}

	private void kill(Fault fault, long at, String type) {
		if (!this.redisAway && !this.redis.command("CLIENT KILL TYPE " + type).equals(":0")) {
			note(fault, at, null);
		}
	}

	private void note(Fault fault, long at, HistoryNode node) {
		this.happened.add(at / MILLI + " ms " + fault + ((node != null) ? " " + node : ""));
	}

	/** Waits until the nodes and the directory say the same; how long that may take. */
	void settle(Duration limit) {
		for (HistoryNode node : this.nodes) {
			String failure = node.ask("settle");
			if (!failure.equals("null")) {
				this.history.violated("What was begun at " + node + " has not ended: " + failure);
			}
		}
		for (String id : IDENTITIES) {
			List<String> holders = new ArrayList<>();
			try {
				Patience.within(limit, () -> {
					holders.clear();
					this.nodes.forEach((node) -> holders.addAll(holdersAt(node, id)));
					assertThat(isKnown(id, holders)).isTrue();
				});
			}
			catch (AssertionError ex) {
				this.history.violated("The directory is not of one mind with " + holders + " of " + id + ": "
						+ this.nodes.stream().map((node) -> node.ask("find " + id)).toList());
			}
			if (!id.equals("all")) {
				this.history.held(id, holders);
			}
		}
	}

	private static List<String> holdersAt(HistoryNode node, String id) {
		String said = node.ask("holders " + id);
		return said.equals("-") ? List.of() : List.of(said.split(" "));
	}

	/**
	 * Whether the directory knows the holders, and all nodes find the owner, or none
	 * where there is none. Nodes that the directory was away from find their own.
	 */
	private boolean isKnown(String id, List<String> holders) {
		List<String> found = this.nodes.stream().map((node) -> node.ask("find " + id)).distinct().toList();
		boolean claimed = holders.stream().noneMatch((one) -> one.endsWith("/0"));
		if (!claimed || id.equals("all")) {
			return claimed;
		}
		if (holders.size() > 1) {
			return false;
		}
		List<String> known = holders.stream().map((one) -> one.replaceFirst(":[^/]*", "")).toList();
		return found.equals(holders.isEmpty() ? List.of("-") : known);
	}

	@Override
	public void close() {
		this.nodes.forEach(HistoryNode::close);
		this.redis.close();
	}

	private record Step(long at, int number, Runnable task) implements Comparable<Step> {

		@Override
		public int compareTo(Step other) {
			return (this.at != other.at) ? Long.compare(this.at, other.at) : Integer.compare(this.number, other.number);
		}

	}

}
