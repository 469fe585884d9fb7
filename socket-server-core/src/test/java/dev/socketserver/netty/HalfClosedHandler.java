package dev.socketserver.netty;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketSession;

/**
 * Drops what it receives, and leaves sessions open whose peer has ended its output.
 */
public final class HalfClosedHandler implements ConnectionHandler<Void> {

	/** Counted down for each peer that has ended its output. */
	public final CountDownLatch ended;

	public HalfClosedHandler(int peers) {
		this.ended = new CountDownLatch(peers);
	}

	@Override
	public Void received(Void state, ByteBuffer data, SocketSession session) {
		data.position(data.limit());
		return state;
	}

	@Override
	public Void inputEnded(Void state, SocketSession session) {
		this.ended.countDown();
		return state;
	}

}
