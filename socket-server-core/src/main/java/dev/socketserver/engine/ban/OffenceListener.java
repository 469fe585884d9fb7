package dev.socketserver.engine.ban;

import java.net.InetSocketAddress;
import java.util.function.LongSupplier;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.events.CompositeListener;
import dev.socketserver.engine.events.SessionListener;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what happens to the sessions of a server, and has their offences counted. The
 * bans of the server are made with the first offence, or for operators. Safe for use by
 * several threads.
 */
public final class OffenceListener implements SessionListener {

	private final SocketServer server;

	private final CompositeListener next;

	private final Alarms alarms;

	private final LongSupplier nanoTime;

	/**
	 * Absent as long as nobody has offended, nor was banned. Written under the monitor,
	 * so that a change is not missed.
	 */
	private volatile @Nullable ServerBans bans;

	/**
	 * Creates the listener of a server that has no bans.
	 * @param server the server
	 * @param next is notified first, and of bans
	 * @param alarms have it notified of bans
	 * @param nanoTime the monotonic clock
	 */
	public OffenceListener(SocketServer server, CompositeListener next, Alarms alarms, LongSupplier nanoTime) {
		this.server = server;
		this.next = next;
		this.alarms = alarms;
		this.nanoTime = nanoTime;
	}

	/**
	 * Returns whom the server bans.
	 * @return the bans, or {@code null} while they were not needed
	 */
	public @Nullable ServerBans known() {
		return this.bans;
	}

	/**
	 * Returns whom the server bans.
	 * @return the bans, made when they are needed
	 */
	public ServerBans bans() {
		ServerBans known = this.bans;
		return (known != null) ? known : made();
	}

	private synchronized ServerBans made() {
		ServerBans made = this.bans;
		if (made == null) {
			made = new ServerBans(this.server, this.next, this.alarms, this.nanoTime);
			this.bans = made;
		}
		return made;
	}

	/**
	 * Counts and bans by other rules from now on.
	 * @param spec what the server is made from now
	 */
	public synchronized void reconfigure(ServerSpec spec) {
		ServerBans made = this.bans;
		if (made != null) {
			made.reconfigure(spec);
		}
	}

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
		bans().offence(session, reason);
	}

	@Override
	public void ending(SocketSession session, CloseStatus status) {
		this.next.ending(session, status);
		if (endsCount() && ServerBans.mayOffend(status.reason())) {
			bans().ending(session, status);
		}
	}

	/**
	 * The TLS handshake of a connection has failed.
	 * @param peer the address of the peer
	 */
	public void handshakeFailed(InetSocketAddress peer) {
		if (endsCount()) {
			bans().handshakeFailed(peer);
		}
	}

	/**
	 * Whether ends may be offences. Where nothing is said of bans they are not, so that
	 * peers do not fill a log that nobody reads for them.
	 */
	private boolean endsCount() {
		return this.server.spec().gate().ban() != null;
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		this.next.closed(session, status);
	}

}
