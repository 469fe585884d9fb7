package dev.socketserver.netty.workaround;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;

/**
 * Event loops that outlive their tasks. Netty logs what a task throws and goes on, but if
 * there is no memory for the log line either, or the application's logging fails, its
 * loop ends (4.2.18, {@code AbstractEventExecutor.safeExecute}), and is not replaced.
 * What can fail in the midst of I/O is up to {@link ForwardingIoHandler}.
 */
public final class EventLoopWorkaround extends MultiThreadIoEventLoopGroup {

	private EventLoopWorkaround(int threads, ThreadFactory factory, IoHandlerFactory handlers) {
		super(threads, factory, handlers);
	}

	/**
	 * Creates loops.
	 * @throws IllegalStateException if the system does not give so many
	 */
	public static EventLoopWorkaround of(int threads, ThreadFactory factory, IoHandlerFactory handlers) {
		try {
			return new EventLoopWorkaround(threads, factory, handlers);
		}
		catch (OutOfMemoryError ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
	}

	@Override
	protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... arguments) {
		return new Loop(this, executor, handlers);
	}

	private static final class Loop extends SingleThreadIoEventLoop {

		/** When it last reported an error. */
		private long reported = ForwardingIoHandler.notReportedYet();

		Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
			super(group, executor, handlers);
		}

		@Override
		protected boolean runAllTasks(long timeoutNanos) {
			try {
				return super.runAllTasks(timeoutNanos);
			}
			catch (RuntimeException | Error ex) {
				this.reported = ForwardingIoHandler.report(ex, this.reported);
				ForwardingIoHandler.pause();
				// The other tasks are still there, and the next round runs them.
				return true;
			}
		}

	}

}
