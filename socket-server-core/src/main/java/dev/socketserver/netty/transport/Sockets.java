package dev.socketserver.netty.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.log.SafeLogger;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;

/**
 * What all rooms do to sockets of channels, beside their pipelines.
 */
public final class Sockets {

	private static final SafeLogger logger = SafeLogger.of(Sockets.class);

	/** An application may leave out the library that has the classes. */
	private static final boolean EPOLL = isPresent("io.netty.channel.epoll.EpollIoHandle");

	private Sockets() {
	}

	private static boolean isPresent(String type) {
		try {
			Class.forName(type, false, Sockets.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	/** Whether there may be channels of epoll; else its classes must not be named. */
	public static boolean hasEpoll() {
		return EPOLL;
	}

	/** Whether a channel is one of epoll. */
	public static boolean onEpoll(Channel channel) {
		return EPOLL && channel.unsafe() instanceof EpollIoHandle;
	}

	/** Whether the system is Linux. */
	public static boolean onLinux() {
		return System.getProperty("os.name", "").startsWith("Linux");
	}

	/** Whether a channel is one of Linux, by a native transport. */
	public static boolean onLinux(Channel channel) {
		return channel instanceof UnixChannel && onLinux();
	}

	/**
	 * Has a loop run a task.
	 * @return {@code false} if the loops are gone, and all channels with them
	 */
	public static boolean onLoop(Executor loop, Runnable task) {
		try {
			loop.execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Dropped a task: its event loop {} has ended", loop);
			return false;
		}
	}

	/**
	 * Has a loop run a task again and again. What the task throws does not end that, as
	 * it would with Netty: there may just be no thread for what it begins.
	 * @param loop the loop
	 * @param task the task
	 * @param nanos the time between two runs, in nanoseconds
	 * @return what cancels it
	 */
	public static Future<?> repeat(EventLoop loop, Runnable task, long nanos) {
		return loop.scheduleWithFixedDelay(() -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.debug("A task of {} has failed, and runs again", loop, ex);
			}
		}, nanos, nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Has a channel send a reset when it closes, so that no state of it is left in the
	 * kernel.
	 */
	public static void resetOnClose(Channel channel) {
		try {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
		}
		catch (RuntimeException ex) {
			logger.debug("{} has no state to drop", channel, ex);
		}
	}

}
