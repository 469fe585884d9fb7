package dev.socketserver.redis;

import java.time.Duration;
import java.util.function.Consumer;

import dev.socketserver.fixtures.ClusterHistory;
import dev.socketserver.fixtures.RedisServer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a schedule: one life after the other, with one way to Redis. What their peers
 * see becomes history.
 */
final class HistoryNode implements AutoCloseable {

	private final String name;

	private final Duration lease;

	private final Mutant mutant;

	private final ClusterHistory history;

	final Relay relay;

	private final boolean processes;

	private RunningNode running;

	private boolean joined;

	/** Of the process; set when it says so. */
	private volatile @Nullable String life;

	boolean frozen;

	HistoryNode(RedisServer redis, String name, Duration lease, boolean processes, Mutant mutant,
			ClusterHistory history) {
		this.name = name;
		this.processes = processes;
		this.lease = lease;
		this.mutant = mutant;
		this.history = history;
		this.relay = new Relay(redis.port());
		this.running = start();
	}

	private RunningNode start() {
		this.life = null;
		this.joined = false;
		Consumer<String> events = (event) -> seen(event.split(" "));
		return this.processes ? new NodeProcess(this.relay.port(), this.name, this.lease, this.mutant, events)
				: new NodeInThisJvm(this.relay.port(), this.name, this.lease, this.mutant, events);
	}

	/** The times are those of {@code System.nanoTime}, one clock for all JVMs here. */
	private void seen(String[] words) {
		switch (words[0]) {
			case "node" -> this.life = words[1];
			case "called" -> this.history.called(words[1], words[2], Long.parseLong(words[3]));
			case "outcome" -> this.history.outcome(words[1], words[2]);
			case "received" -> this.history.received(words[1], words[2]);
			case "over" -> this.history.over(words[1], Long.parseLong(words[2]));
			case "granted" -> this.history.granted(words[1], words[2], Long.parseLong(words[3]),
					Long.parseLong(words[4]), Long.parseLong(words[5]));
			default -> this.history.violated("A node says " + String.join(" ", words));
		}
	}

	void command(String line) {
		this.running.command(line);
	}

	/** Asks it, once it has joined. */
	String ask(String line) {
		if (!this.joined) {
			this.running.next();
			this.joined = true;
		}
		return this.running.ask(line);
	}

	/** Freezes it, if it is a process. */
	boolean freeze() {
		if (this.running instanceof NodeProcess process) {
			process.signal("STOP");
			this.frozen = true;
		}
		return this.frozen;
	}

	void thaw() {
		if (this.running instanceof NodeProcess process) {
			process.signal("CONT");
		}
		this.frozen = false;
	}

	void killAndStart() {
		this.running.kill();
		String killed = this.life;
		if (killed != null) {
			this.history.killed(killed);
		}
		this.running = start();
	}

	@Override
	public String toString() {
		return this.name;
	}

	@Override
	public void close() {
		this.running.close();
		this.relay.close();
	}

}
