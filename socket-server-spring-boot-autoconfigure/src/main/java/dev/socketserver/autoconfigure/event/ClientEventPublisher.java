package dev.socketserver.autoconfigure.event;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.event.SocketClientClosedEvent;
import dev.socketserver.event.SocketClientConnectedEvent;
import dev.socketserver.event.SocketClientDisconnectedEvent;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens to clients as application events, on the thread that calls this
 * listener, so that the events of one client keep their order.
 */
public final class ClientEventPublisher implements SocketClientListener {

	private final ApplicationEventPublisher publisher;

	public ClientEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void connected(SocketClient client, SocketSession session) {
		this.publisher.publishEvent(new SocketClientConnectedEvent(client, session.remoteAddress(), session));
	}

	@Override
	public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
		this.publisher.publishEvent(new SocketClientDisconnectedEvent(client, session, status));
	}

	@Override
	public void closed(SocketClient client) {
		this.publisher.publishEvent(new SocketClientClosedEvent(client));
	}

}
