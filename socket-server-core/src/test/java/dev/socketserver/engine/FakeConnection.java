package dev.socketserver.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, whose loop runs when the test says so. Writes complete
 * at once, or when the test says so.
 */
public final class FakeConnection implements Connection {

	private final LoopScratch scratch = new LoopScratch();

	public final List<String> events = Collections.synchronizedList(new ArrayList<>());

	public final Deque<WriteResult> pending = new ArrayDeque<>();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	public boolean completing = true;

	/** Tasks run where they are given, as they do for those who are on the loop. */
	public boolean inLoop;

	/** What another thread does right before the next task is given to the loop. */
	public @Nullable Runnable meanwhile;

	/** What the socket has not taken of the write that is pending. */
	public long unwritten = 1;

	@Override
	public void execute(Runnable task) {
		Runnable first = this.meanwhile;
		this.meanwhile = null;
		if (first != null) {
			first.run();
		}
		if (this.inLoop) {
			task.run();
		}
		else {
			this.tasks.add(task);
		}
	}

	@Override
	public void executeLater(Runnable task) {
		this.tasks.add(task);
	}

	@Override
	public boolean isLoop() {
		return this.inLoop;
	}

	/** Is the loop, as long as there is something to do; returns whether there was. */
	public boolean runLoop() {
		boolean ran = false;
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
			ran = true;
		}
		return ran;
	}

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		bytes.measure(this.scratch);
		this.events.add("write " + shown(bytes));
		if (this.completing) {
			result.done(null, 0);
		}
		else {
			this.pending.add(result);
			result.restWaits();
		}
	}

	public void complete(@Nullable Throwable failure) {
		this.pending.remove().done(failure, 0);
	}

	@Override
	public long unwritten() {
		return this.pending.isEmpty() ? 0 : this.unwritten;
	}

	@Override
	public void reading(boolean on) {
		this.events.add("reading " + on);
	}

	@Override
	public void shutdownOutput() {
		this.events.add("shutdown output");
	}

	@Override
	public void close() {
		this.events.add("close");
	}

	@Override
	public void abort() {
		this.events.add("abort");
	}

	private static String shown(OutputBytes bytes) {
		return (bytes.size() > 100) ? bytes.size() + " bytes"
				: new String(bytes.array(), 0, bytes.size(), StandardCharsets.UTF_8).replace("\n", "|");
	}

}
