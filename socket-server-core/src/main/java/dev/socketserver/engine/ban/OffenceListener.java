package dev.socketserver.engine.ban;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.SessionListener;

/**
 * Passes on what happens to the sessions of a server, and has their offences counted.
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
	public void ready(SocketSession session) {
		this.next.ready(session);
	}

	@Override
	public void bound(SocketSession session, String type, String id) {
		this.next.bound(session, type, id);
	}

	@Override
	public void offence(SocketSession session, String reason) {
		this.next.offence(session, reason);
		this.bans.offence(session, reason);
	}

	@Override
	public void ending(SocketSession session, CloseStatus status) {
		this.next.ending(session, status);
		this.bans.ending(session, status);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.next.closed(session, status);
	}

}
