package dev.socketserver.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A node as {@link NodeProcess} is one, without the time that a JVM takes to start. It
 * cannot be frozen.
 */
final class NodeInThisJvm implements RunningNode {

	private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	private final Consumer<String> events;

	private final TestNode node;

	private final NodeCommands commands;

	/** Guarded by this. */
	private boolean killed;

	NodeInThisJvm(int port, String name, Duration lease, Mutant mutant, Consumer<String> events) {
		this.events = events;
		this.node = new TestNode(TestNode.factory(port), name, lease, null, mutant::in);
		this.node.events = mutant.in(this::happened);
		this.commands = new NodeCommands(this.node, (what) -> this.said.add("" + what));
		this.node.events.accept("node " + this.node.name());
		this.thread.execute(() -> {
			this.node.start();
			this.said.add("up");
		});
	}

	/** A killed node says nothing more. */
	private synchronized void happened(String event) {
		if (!this.killed) {
			this.events.accept(event);
		}
	}

	@Override
	public BlockingQueue<String> said() {
		return this.said;
	}

	@Override
	public void command(String line) {
		this.thread.execute(() -> this.commands.perform(List.of(line.split(" "))));
	}

	@Override
	public void kill() {
		synchronized (this) {
			this.killed = true;
		}
		close();
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
		this.node.kill();
	}

}
