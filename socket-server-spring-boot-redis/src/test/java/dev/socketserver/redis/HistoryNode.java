package dev.socketserver.redis;

import java.time.Duration;

import dev.socketserver.cluster.Delivery;
import dev.socketserver.engine.cluster.history.ClusterHistory;
import org.jspecify.annotations.Nullable;

/**
 * A node of a schedule: one process after the other, with one way to Redis. What their
 * peers see becomes history.
 */
final class HistoryNode implements AutoCloseable {

	private final String name;

	private final Duration lease;

	private final Mutant mutant;

	private final ClusterHistory history;

	final Relay relay;

	private NodeProcess process;

	private boolean joined;

	/** Of the process; set when it says so. */
	private volatile @Nullable String life;

	boolean frozen;

	HistoryNode(RedisServer redis, String name, Duration lease, Mutant mutant, ClusterHistory history) {
		this.name = name;
		this.lease = lease;
		this.mutant = mutant;
		this.history = history;
		this.relay = new Relay(redis.port());
		this.process = start();
	}

	private NodeProcess start() {
		this.life = null;
		this.joined = false;
		return new NodeProcess(this.relay.port(), this.name, this.lease, this.mutant,
				(event) -> seen(event.split(" ")));
	}

	/** The times are those of {@code System.nanoTime}, one clock for all JVMs here. */
	private void seen(String[] words) {
		switch (words[0]) {
			case "node" -> this.life = words[1];
			case "called" -> this.history.called(words[1], words[2], Long.parseLong(words[3]));
			case "outcome" -> this.history.outcome(words[1], Delivery.valueOf(words[2]));
			case "received" -> this.history.received(words[1], words[2]);
			case "over" -> this.history.over(words[1], Long.parseLong(words[2]));
			case "granted" -> this.history.granted(words[1], words[2], Long.parseLong(words[3]),
					Long.parseLong(words[4]), Long.parseLong(words[5]));
			default -> this.history.violated("A node says " + String.join(" ", words));
		}
	}

	void tell(String line) {
		this.process.tell(line);
	}

	/** Asks it, once it has joined. */
	String ask(String line) {
		if (!this.joined) {
			this.process.next();
			this.joined = true;
		}
		return this.process.ask(line);
	}

	void freeze() {
		this.process.signal("STOP");
		this.frozen = true;
	}

	void thaw() {
		this.process.signal("CONT");
		this.frozen = false;
	}

	void killAndStart() {
		this.process.kill();
		String killed = this.life;
		if (killed != null) {
			this.history.killed(killed);
		}
		this.process = start();
	}

	@Override
	public String toString() {
		return this.name;
	}

	@Override
	public void close() {
		this.process.close();
		this.relay.close();
	}

}
