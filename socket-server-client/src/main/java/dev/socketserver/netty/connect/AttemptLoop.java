package dev.socketserver.netty.connect;

import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of the connection that an attempt has led to. Any thread.
 */
final class AttemptLoop {

	private volatile @Nullable EventLoop loop;

	/** There is a connection, which has no session yet. On its loop. */
	void connected(Channel channel) {
		this.loop = channel.eventLoop();
	}

	/**
	 * Runs a task: now if this is the loop, else soon; never, if the loop is gone.
	 * @throws IllegalStateException if there is no connection yet
	 */
	void execute(Runnable task) {
		EventLoop on = this.loop;
		if (on == null) {
			throw new IllegalStateException("There is no connection yet");
		}
		if (on.inEventLoop()) {
			task.run();
		}
		else {
			Sockets.onLoop(on, task);
		}
	}

}
