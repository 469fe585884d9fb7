package dev.socketserver.engine.ban;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.SessionListener;

/**
 * Passes on what happens to the sessions of a server, and has their offences counted. It
 * is not called for identities, of which the registry of the sessions notifies, nor when
 * a session is ready, which matters to clients only.
 *
 * @param next is notified first
 * @param bans count offences
 */
public record OffenceListener(SessionListener next, ServerBans bans) implements SessionListener {

	@Override
	public void opened(SocketSession session) {
		this.next.opened(session);
	}

	@Override
	public void handlerOpened(SocketSession session, boolean recovered) {
		this.next.handlerOpened(session, recovered);
	}

	@Override
	public void offence(SocketSession session, String reason) {
		this.bans.offence(session.remoteAddress(), reason);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.next.closed(session, status);
		this.bans.closed(session, status);
	}

}
