package dev.socketserver.engine.events;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.address.AddressBan;
import org.jspecify.annotations.Nullable;

/**
 * A listener of servers that passes everything on to several others, by
 * {@link Listeners}.
 */
public final class CompositeListener implements SocketServerListener, SessionListener {

	private final Listeners<SocketServerListener> listeners;

	/**
	 * Creates a listener that notifies others.
	 * @param source gives the others; asked once, when there is something to report
	 * @param timer has time pass for the log
	 */
	public CompositeListener(Supplier<? extends Collection<? extends SocketServerListener>> source,
			ScheduledExecutorService timer) {
		this.listeners = new Listeners<>(source, timer);
	}

	@Override
	public void registered(SocketServer server) {
		this.listeners.notifyEach((listener) -> listener.registered(server));
	}

	@Override
	public void removed(SocketServer server) {
		this.listeners.notifyEach((listener) -> listener.removed(server));
	}

	@Override
	public void started(SocketServer server) {
		this.listeners.notifyEach((listener) -> listener.started(server));
	}

	@Override
	public void failed(SocketServer server, Throwable cause) {
		this.listeners.notifyEach((listener) -> listener.failed(server, cause));
	}

	@Override
	public void draining(SocketServer server) {
		this.listeners.notifyEach((listener) -> listener.draining(server));
	}

	@Override
	public void stopped(SocketServer server) {
		this.listeners.notifyEach((listener) -> listener.stopped(server));
		this.listeners.flush();
	}

	@Override
	public void opened(SocketSession session) {
		this.listeners.notifyEach((listener) -> listener.opened(session));
	}

	@Override
	public void bound(SocketSession session, String type, String id) {
		this.listeners.notifyEach((listener) -> listener.bound(session, type, id));
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.listeners.notifyEach((listener) -> listener.closed(session, status));
	}

	/** Others of that name are not called on it: they say less. */
	@Override
	public void rejected(SocketServer server, String listener, InetSocketAddress peer, RejectReason reason,
			@Nullable String detail) {
		this.listeners.notifyEach((each) -> each.rejected(server, listener, peer, reason, detail));
	}

	@Override
	public void alarm(SocketServer server, Alarm alarm) {
		this.listeners.notifyEach((listener) -> listener.alarm(server, alarm));
	}

	@Override
	public void banned(SocketServer server, AddressBan ban) {
		this.listeners.notifyEach((listener) -> listener.banned(server, ban));
	}

}
