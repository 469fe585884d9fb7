package dev.socketserver.autoconfigure;

import java.net.InetSocketAddress;
import java.util.function.Supplier;

import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.session.Listeners;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Passes what happens on to the listeners among the beans, in their order. They are
 * looked up when the first thing happens: a listener may have the
 * {@link dev.socketserver.SocketServers} injected, which must exist before it then.
 */
final class ListenerBeans implements SocketServerListener {

	private final Supplier<SocketServerListener> listeners;

	ListenerBeans(ObjectProvider<SocketServerListener> listeners) {
		this.listeners = SingletonSupplier.of(() -> new Listeners(listeners.orderedStream().toList()));
	}

	@Override
	public void started(SocketServer server) {
		this.listeners.get().started(server);
	}

	@Override
	public void failed(SocketServer server, Throwable cause) {
		this.listeners.get().failed(server, cause);
	}

	@Override
	public void stopped(SocketServer server) {
		this.listeners.get().stopped(server);
	}

	@Override
	public void opened(SocketSession session) {
		this.listeners.get().opened(session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.listeners.get().closed(session, status);
	}

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
		this.listeners.get().rejected(server, peer, reason);
	}

}
