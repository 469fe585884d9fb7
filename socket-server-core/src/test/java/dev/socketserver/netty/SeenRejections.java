package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.Patience;

/**
 * Remembers why connections were rejected.
 */
public final class SeenRejections implements SocketServerListener {

	private final BlockingQueue<RejectReason> reasons = new LinkedBlockingQueue<>();

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
		this.reasons.add(reason);
	}

	/** Waits for the next. */
	public RejectReason next() {
		return Patience.next(this.reasons);
	}

	public boolean isEmpty() {
		return this.reasons.isEmpty();
	}

}
