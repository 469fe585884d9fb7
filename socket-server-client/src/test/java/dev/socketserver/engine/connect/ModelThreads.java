package dev.socketserver.engine.connect;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;

/**
 * What a client and its sessions have threads run: it waits until the test runs it. Any
 * thread.
 */
final class ModelThreads implements LaneScheduler {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Queue<Lane> lanes = new ConcurrentLinkedQueue<>();

	/** Adds a task of the client. */
	void add(Runnable task) {
		this.tasks.add(task);
	}

	@Override
	public void ready(Lane lane) {
		this.lanes.add(lane);
	}

	/**
	 * Runs a task of the client.
	 * @return whether there was one
	 */
	boolean worked() {
		Runnable task = this.tasks.poll();
		if (task != null) {
			task.run();
		}
		return task != null;
	}

	/**
	 * Runs a lane.
	 * @return whether there was one
	 */
	boolean ranLane() {
		Lane lane = this.lanes.poll();
		if (lane != null) {
			lane.run();
		}
		return lane != null;
	}

}
