package dev.socketserver.engine.resources;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.socketserver.engine.events.CompositeListener;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.threads.Background;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.operator.MessageObserver;
import org.jspecify.annotations.Nullable;

/**
 * What all servers and clients of an application share.
 *
 * @param threads makes threads
 * @param background runs what must run neither on a loop nor on a lane
 * @param timer runs short tasks later: whether a server stops in time must depend neither
 * on a loop, which a handler may block, nor on the background, which a listener may
 * @param keepAlive keeps the JVM alive while a server or client asks for it
 * @param memory what all sessions may hold
 * @param listener is notified of everything
 * @param observer gives who watches messages being handled, if somebody does
 * @param logContext whether log lines of handlers carry the names of server and session
 * @param clock the time, in nanoseconds; only differences of it mean something
 * @param called finds the method of the application in the stack of a call
 */
public record SharedResources(DaemonThreads threads, Background background, ScheduledExecutorService timer,
		KeepAlive keepAlive, MemoryBudget memory, CompositeListener listener,
		Supplier<@Nullable MessageObserver> observer, boolean logContext, LongSupplier clock,
		Function<StackTraceElement[], String> called) {

	private static final long NEXT_TRY_MILLIS = 500;

	/**
	 * Runs something on a thread of its own, because it may take long. If the system has
	 * no thread now, it is asked again: sessions must end even then.
	 */
	public void onOwnThread(Runnable task, String name) {
		try {
			DaemonThreads.start(this.threads.thread(task, name));
		}
		catch (RejectedExecutionException ex) {
			DaemonThreads.schedule(this.timer, () -> onOwnThread(task, name), NEXT_TRY_MILLIS);
		}
	}

	/** Has threads that have nothing to do end at once, now and from now on. */
	public void endIdleThreads() {
		this.background.endIdle();
		this.threads.endIdle();
	}

}
