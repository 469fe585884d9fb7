package dev.socketserver.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;

/**
 * A connection without a socket: writes wait until the test says what becomes of them,
 * and its loop runs one task when the test says so.
 */
public final class ModelWire implements Connection {

	private final LoopScratch scratch = new LoopScratch();

	private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();

	public final List<Write> writes = Collections.synchronizedList(new ArrayList<>());

	private boolean ended;

	private boolean aborted;

	/** Runs a task, if there is one; returns whether there was. */
	public boolean runLoop() {
		Runnable task = this.loop.poll();
		if (task != null) {
			task.run();
		}
		return task != null;
	}

	@Override
	public void executeLater(Runnable task) {
		this.loop.add(task);
	}

	@Override
	public boolean isLoop() {
		return false;
	}

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		bytes.measure(this.scratch);
		this.writes.add(new Write(new String(bytes.array(), 0, bytes.size(), StandardCharsets.UTF_8), result));
		result.restWaits();
	}

	@Override
	public long unwritten() {
		return this.writes.stream().mapToLong((write) -> write.text().length()).sum();
	}

	@Override
	public void reading(boolean on) {
	}

	@Override
	public void shutdownOutput() {
	}

	@Override
	public void close() {
		this.ended = true;
	}

	@Override
	public void abort() {
		this.aborted = true;
	}

	/** Whether it is to be closed behind what is written. */
	public boolean isEnded() {
		return this.ended;
	}

	/** Whether it is to be reset. */
	public boolean isAborted() {
		return this.aborted;
	}

	/** What the socket has been given, and has not taken. */
	public record Write(String text, WriteResult result) {

	}

}
