package dev.socketserver.netty.resources;

import dev.socketserver.operator.IoThread;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;

/**
 * A thread of an event loop. Daemon: what keeps the JVM alive is
 * {@link dev.socketserver.engine.threads.KeepAlive}.
 */
public final class LoopThread extends FastThreadLocalThread implements IoThread {

	private LoopThread(ThreadGroup group, Runnable task, String name) {
		super(group, task, name);
	}

	static final class Factory extends DefaultThreadFactory {

		Factory(String poolName) {
			super(poolName, true);
		}

		@Override
		protected Thread newThread(Runnable task, String name) {
			return new LoopThread(this.threadGroup, task, name);
		}

	}

}
