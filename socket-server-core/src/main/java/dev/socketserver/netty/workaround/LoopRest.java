package dev.socketserver.netty.workaround;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.IoHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether a loop rests, or is about to: only then does another thread have to wake
 * it, since a loop that is awake looks at its tasks before it rests again.
 */
final class LoopRest implements IoHandlerContext {

	private final AtomicBoolean rests = new AtomicBoolean();

	/** What Netty says of its loop. Loop only. */
	private @Nullable IoHandlerContext loop;

	/** Returns what says whether that loop may rest, and notes what it has said. */
	IoHandlerContext of(IoHandlerContext loop) {
		this.loop = loop;
		return this;
	}

	/** The loop is awake. On the loop. */
	void over() {
		this.rests.lazySet(false);
	}

	/**
	 * Ends the rest. Any thread, after it has added a task.
	 * @return whether the loop has to be woken for that
	 */
	boolean end() {
		return this.rests.getAndSet(false);
	}

	/**
	 * Whether the loop may rest. Who adds a task from now on wakes it; what was added
	 * before is seen here.
	 */
	@Override
	public boolean canBlock() {
		this.rests.set(true);
		boolean can = loop().canBlock();
		if (!can) {
			over();
		}
		return can;
	}

	@Override
	public long delayNanos(long currentTimeNanos) {
		return loop().delayNanos(currentTimeNanos);
	}

	@Override
	public long deadlineNanos() {
		return loop().deadlineNanos();
	}

	@Override
	public void reportActiveIoTime(long activeNanos) {
		loop().reportActiveIoTime(activeNanos);
	}

	@Override
	public boolean shouldReportActiveIoTime() {
		return loop().shouldReportActiveIoTime();
	}

	private IoHandlerContext loop() {
		return Objects.requireNonNull(this.loop);
	}

}
