package dev.socketserver.engine.received;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * The handler of clients without a handler of the application: it puts everything that
 * happens into a {@link ReceivedQueue}.
 */
public final class ReceivingHandler implements SessionHandler {

	private final ReceivedQueue queue;

	/**
	 * Creates the handler.
	 * @param queue the queue
	 */
	public ReceivingHandler(ReceivedQueue queue) {
		this.queue = queue;
	}

	@Override
	public void opened(SocketSession session) {
		this.queue.connected(session, session.remoteAddress());
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) {
		return this.queue.received(session, payload, () -> session.close(CloseStatus.of(CloseReason.OVERFLOW,
				"more was received than inbound.capacity or inbound.bytes allow to wait")));
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.queue.disconnected(session, status);
	}

}
