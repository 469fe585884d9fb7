package dev.socketserver.peer;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;

/**
 * A bean that knows how sessions ended.
 */
public final class Closings implements SocketServerListener {

	private final BlockingQueue<CloseStatus> statuses = new LinkedBlockingQueue<>();

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.statuses.add(status);
	}

	/** Waits for the next session to end. */
	public CloseStatus next() {
		return Patience.next(this.statuses);
	}

}
