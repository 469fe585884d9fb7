package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;

/**
 * Remembers why connections were rejected.
 */
public final class SeenRejections implements SocketServerListener {

	private final BlockingQueue<RejectReason> reasons = new LinkedBlockingQueue<>();

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
		this.reasons.add(reason);
	}

	/** Waits for the next; {@code null} if there is none in time. */
	public @Nullable RejectReason next() throws InterruptedException {
		return this.reasons.poll(Patience.seconds(), TimeUnit.SECONDS);
	}

	public boolean isEmpty() {
		return this.reasons.isEmpty();
	}

}
