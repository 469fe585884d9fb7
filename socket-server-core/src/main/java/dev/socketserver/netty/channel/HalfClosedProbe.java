package dev.socketserver.netty.channel;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;

import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.transport.TcpInfo;
import dev.socketserver.netty.workaround.EpollWorkaround;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Asks now and then whether a connection still exists whose peer has ended its output.
 * After the end of the input there is nothing to read, and there may be nothing to write,
 * so that neither the JDK's selector nor io_uring reports a reset, or of a peer that
 * keep-alive finds gone; {@link EpollWorkaround} does. Handlers are notified of both with
 * the same event. On the event loop of the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the loop ends with all its channels
final class HalfClosedProbe {

	private static final long INTERVAL_MILLIS = 500;

	/** Shared, since each needs descriptors. */
	private static @Nullable Selector selector;

	private final DuplexChannel channel;

	private HalfClosedProbe(DuplexChannel channel) {
		this.channel = channel;
	}

	/** Begins to ask, if the transport does not report it, until the connection ends. */
	static void begin(DuplexChannel channel) {
		if (!Sockets.onEpoll(channel)) {
			new HalfClosedProbe(channel).checkLater();
		}
	}

	private void checkLater() {
		this.channel.eventLoop().schedule(this::check, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void check() {
		// Where both ends were sent the connection ends in good order.
		if (!this.channel.isActive() || this.channel.isOutputShutdown()) {
			return;
		}
		if (isLost()) {
			this.channel.pipeline().fireUserEventTriggered(EpollWorkaround.Lost.AFTER_INPUT);
		}
		else {
			checkLater();
		}
	}

	private boolean isLost() {
		if (this.channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
			try {
				return isBroken(nio.ch());
			}
			catch (IOException ex) {
				// Without descriptors. There may be some the next time.
				return false;
			}
		}
		TcpInfo info = TcpInfo.of(this.channel);
		return info != null && info.isClosed();
	}

	/**
	 * Asks the JDK whether a connection has failed. A selector reports a failure as if
	 * everything was ready that it is asked for, and a connection that exists is never
	 * ready to be connected. Not asked of the selector of the loop, which would return at
	 * once for as long as it is asked.
	 */
	private static synchronized boolean isBroken(SelectableChannel connection) throws IOException {
		Selector probe = selector;
		if (probe == null) {
			probe = Selector.open();
			selector = probe;
		}
		SelectionKey key = connection.register(probe, SelectionKey.OP_CONNECT);
		try {
			probe.selectNow();
			return key.isConnectable();
		}
		finally {
			key.cancel();
			probe.selectNow();
		}
	}

}
