package dev.socketserver.engine.ban;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ListenerSpec;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Cidr;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.admission.AddressKey;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.Offence;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a server bans, and for what. An offence is the end of a session for a
 * reason that the rules have, or what a handler calls one. Addresses of trusted load
 * balancers and those that are exempt commit none. Each offence and each ban is a line of
 * the audit log. Safe for use by several threads.
 */
public final class ServerBans implements AddressBans {

	private static final Duration MOST = Duration.ofDays(366);

	private static final Refusal BANNED = new Refusal(RejectReason.BANNED, "by ban.offences, or by an operator");

	private final SocketServer server;

	private final SocketServerListener listener;

	private final Alarms alarms;

	private volatile Rules rules;

	private final BanTable table;

	/**
	 * Creates the bans of a server: none.
	 * @param server the server
	 * @param listener is notified of bans
	 * @param alarms have it notified, never on an event loop
	 * @param nanoTime the monotonic clock
	 */
	public ServerBans(SocketServer server, SocketServerListener listener, Alarms alarms, LongSupplier nanoTime) {
		this.server = server;
		this.listener = listener;
		this.alarms = alarms;
		this.rules = Rules.of(server.spec());
		this.table = new BanTable(rules(), BanTable.CAPACITY, nanoTime);
	}

	private Bans rules() {
		return this.rules.bans();
	}

	/**
	 * Counts and bans by other rules from now on. Who is banned stays so.
	 * @param spec what the server is made from now
	 */
	public void reconfigure(ServerSpec spec) {
		this.rules = Rules.of(spec);
		this.table.rules(rules());
	}

	/**
	 * Returns why a connection is refused.
	 * @param peer the address of its peer, not that of a load balancer
	 * @return the refusal, or {@code null} if the address is not banned
	 */
	public @Nullable Refusal refusal(InetAddress peer) {
		// Others of its /64 may be banned.
		return (this.table.isBanned(AddressKey.of(peer)) && unbannable(peer) == null) ? BANNED : null;
	}

	/**
	 * Whether the end of a session may be an offence.
	 * @param reason why it ends
	 * @return {@code false} if no rules can make it one
	 */
	static boolean mayOffend(CloseReason reason) {
		return offence(reason) != null;
	}

	/**
	 * A session is to end. If that bans its address, the ban is in force on return.
	 * @param session the session, which is no proof any more that its address can be
	 * trusted
	 * @param status how it ends
	 */
	public void ending(SocketSession session, CloseStatus status) {
		Offence offence = offence(status.reason());
		if (offence != null && rules().reasons().contains(offence) && status != LoginPhase.DISPLACED) {
			offence(session, offence.name(), session);
		}
	}

	/**
	 * Logs an offence of a session, and counts it, if its address can commit one.
	 * @param session the session
	 * @param reason the reason, for people
	 */
	public void offence(SocketSession session, String reason) {
		offence(session, reason, null);
	}

	private void offence(SocketSession session, String reason, @Nullable SocketSession ending) {
		if (hasProved(session)) {
			offence(session.remoteAddress(), reason, ending);
		}
	}

	/** Whether a session is one of an address that nobody else can have written. */
	private boolean hasProved(SocketSession session) {
		ListenerSpec by = this.server.spec().listener(session.listener());
		return (by == null || !by.session().datagrams()) && !(session.remoteAddress() instanceof UnixAddress);
	}

	private static @Nullable Offence offence(CloseReason reason) {
		return switch (reason) {
			case ACCESS_DENIED -> Offence.ACCESS_DENIED;
			case DECODE_ERROR -> Offence.DECODE_ERROR;
			case FIRST_FRAME_TIMEOUT -> Offence.FIRST_FRAME_TIMEOUT;
			case FRAME_TOO_LARGE -> Offence.FRAME_TOO_LARGE;
			case LOGIN_FAILED -> Offence.LOGIN_FAILED;
			case LOGIN_TIMEOUT -> Offence.LOGIN_TIMEOUT;
			case PROTOCOL_ERROR -> Offence.PROTOCOL_ERROR;
			case RATE_EXCEEDED -> Offence.RATE_EXCEEDED;
			case TLS_FAILED -> Offence.TLS_FAILED;
			case PEER_CLOSED, PEER_RESET, HANDLER_CLOSED, HANDLER_ERROR, REQUESTS_DONE, FRAME_TIMEOUT, IDLE_TIMEOUT,
					WRITE_TIMEOUT, HEARTBEAT_TIMEOUT, SESSION_TIMEOUT, SLOW_CONSUMER, OVERFLOW, NOT_STORED, MEMORY,
					REPLACED, ROTATED, OPERATOR_CLOSED, SERVER_STOPPED, EXECUTOR_REJECTED, IO_ERROR ->
				null;
		};
	}

	/**
	 * The TLS handshake of a connection has failed.
	 * @param peer the address of the peer
	 */
	public void handshakeFailed(InetSocketAddress peer) {
		if (rules().reasons().contains(Offence.TLS_FAILED)) {
			offence(peer, Offence.TLS_FAILED.name(), null);
		}
	}

	/**
	 * Logs an offence, if its address can commit one, and counts it, if some of them ban.
	 * @param peer the address of the peer
	 * @param reason the reason, for people
	 */
	private void offence(InetSocketAddress peer, String reason, @Nullable SocketSession ending) {
		InetAddress address = peer.getAddress();
		if (address == null || peer instanceof UnixAddress || unbannable(address) != null) {
			return;
		}
		String shown = LogText.of(reason);
		AuditLog.offence(this.server.name(), address, shown);
		if (rules().offences() > 0) {
			notify(this.table.offence(AddressKey.of(address), shown, () -> hasLoggedIn(address, ending)));
		}
	}

	private boolean hasLoggedIn(InetAddress address, @Nullable SocketSession ending) {
		Login login = this.server.spec().gate().login();
		boolean byIdentity = login != null && login.by() == LoginBy.IDENTITY;
		long key = AddressKey.of(address);
		return this.server.sessions()
			.anyMatch((session) -> session != ending && AddressKey.of(session.remoteAddress().getAddress()) == key
					&& hasProved(session)
					&& (byIdentity ? !session.info().bound().isEmpty() : session.principal() != null));
	}

	/** Returns why an address is never banned, or {@code null}. */
	private @Nullable String unbannable(InetAddress address) {
		Rules present = this.rules;
		if (present.datagrams()) {
			return "anybody can write it into a datagram";
		}
		if (Cidr.anyContains(present.bans().exempt(), address)) {
			return "it is in ban.exempt";
		}
		return Cidr.anyContains(present.proxies(), address) ? "it is in proxy-protocol.trusted" : null;
	}

	private void notify(@Nullable AddressBan ban) {
		if (ban != null) {
			AuditLog.ban(this.server.name(), ban);
			// The ban is in force, and this may be an event loop.
			this.alarms.later(() -> this.listener.banned(this.server, ban));
		}
	}

	@Override
	public List<AddressBan> list() {
		return this.table.bans();
	}

	@Override
	public @Nullable AddressBan of(InetAddress address) {
		return this.table.of(AddressKey.of(address));
	}

	@Override
	public AddressBan ban(InetAddress address, @Nullable Duration time) {
		String why = unbannable(address);
		if (why != null) {
			throw new IllegalArgumentException("The address is never banned: " + why);
		}
		Duration wanted = (time != null) ? time : rules().time();
		if (wanted.compareTo(Bans.SHORTEST) < 0 || wanted.compareTo(MOST) > 0) {
			throw new IllegalArgumentException("The time must be between 100 ms and a year");
		}
		AddressBan ban = this.table.ban(AddressKey.of(address), wanted, OPERATOR);
		notify(ban);
		return ban;
	}

	@Override
	public boolean remove(InetAddress address) {
		return this.table.remove(AddressKey.of(address));
	}

	@Override
	public int count() {
		return this.table.count();
	}

	/**
	 * The rules that are in force.
	 *
	 * @param bans what is banned, and for how long
	 * @param proxies the load balancers of all listeners
	 * @param datagrams whether there are sessions of UDP only
	 */
	private record Rules(Bans bans, List<Cidr> proxies, boolean datagrams) {

		static Rules of(ServerSpec spec) {
			List<Cidr> trusted = new ArrayList<>(0);
			boolean streams = false;
			for (ListenerSpec each : spec.listeners()) {
				streams |= !each.session().datagrams();
				if (each.proxyProtocol().mode() != ProxyMode.OFF) {
					trusted.addAll(each.proxyProtocol().trusted());
				}
			}
			return new Rules(Objects.requireNonNullElse(spec.gate().ban(), Bans.DEFAULTS), trusted, !streams);
		}

	}

}
