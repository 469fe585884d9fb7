package dev.socketserver.engine.connect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.engine.addresses.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which connections a client has, what each is doing, and how many more it wants; also,
 * by whose settings payloads are made. One that is to be replaced stays until as many are
 * ready as are wanted, and one more. Guarded by the monitor of {@link ClientConnections}.
 */
final class ConnectionPool {

	private final ClientContext client;

	private int size;

	/** Whether more may be ready than are wanted, since fewer are wanted now. */
	private boolean shrunk;

	private final List<Member> members = new ArrayList<>(1);

	/**
	 * Creates a pool without connections.
	 * @param client says how many are wanted, and has the settings by which payloads are
	 * made
	 */
	ConnectionPool(ClientContext client) {
		this.client = client;
		this.size = ClientContext.pool(client.spec()).size();
	}

	/** Whether only one is wanted, so that each follows the one before. */
	boolean isSingle() {
		return this.size == 1;
	}

	/**
	 * Other settings are in force, by which more may be wanted, or fewer, or to other
	 * addresses.
	 * @param otherwise whether they are made in another way, and so are those that have
	 * no session yet
	 * @return attempts that are not wanted any more
	 */
	List<ClientConnection> reconfigure(boolean otherwise) {
		int wanted = ClientContext.pool(this.client.spec()).size();
		this.shrunk |= wanted < this.size;
		this.size = wanted;
		List<ClientConnection> attempts = in(ConnectionPhase.CONNECTING);
		int surplus = Math.min(attempts.size(), Math.max(0, -missing()));
		List<ClientConnection> unwanted = attempts();
		unwanted.removeIf((each) -> !otherwise && !each.address().isGone());
		unwanted.addAll(attempts.subList(attempts.size() - surplus, attempts.size()));
		in(ConnectionPhase.values()).forEach(ClientConnection::reconfigure);
		outgoing();
		return unwanted;
	}

	/**
	 * Has payloads be made by the settings of the newest connection that takes them; if
	 * there is none, of one that will. Called where one begins or ceases to, before
	 * others see that, and send.
	 */
	private void outgoing() {
		this.client.outgoing(this.members.stream()
			.filter((each) -> each.phase == ConnectionPhase.OPENING || each.phase == ConnectionPhase.READY)
			.max(Comparator.comparing((Member each) -> each.attached)
				.thenComparing((each) -> each.connection.settings().order()))
			.map((each) -> each.connection.settings())
			.orElseGet(this.client::settings));
	}

	// What there is.

	/** What a connection is doing; {@code null} if it is gone. */
	@Nullable ConnectionPhase phase(ClientConnection connection) {
		Member member = member(connection);
		return (member != null) ? member.phase : null;
	}

	boolean isEmpty() {
		return this.members.isEmpty();
	}

	/** How many are doing that. */
	int count(ConnectionPhase... phases) {
		return in(phases).size();
	}

	/** How many are in a state, as applications see it. */
	int count(ConnectionState state) {
		return switch (state) {
			case READY -> count(ConnectionPhase.READY);
			case CONNECTING -> count(ConnectionPhase.CONNECTING, ConnectionPhase.PROBING, ConnectionPhase.KEPT,
					ConnectionPhase.OPENING);
			case DRAINING -> count(ConnectionPhase.DRAINING);
		};
	}

	/** Returns the sessions that are ready, in the order in which they were made. */
	List<SocketSession> sessions() {
		return in(ConnectionPhase.READY).stream().<SocketSession>map(ClientConnection::session).toList();
	}

	/** Returns those that have no sessions. */
	List<ClientConnection> attempts() {
		return in(ConnectionPhase.CONNECTING, ConnectionPhase.PROBING, ConnectionPhase.KEPT);
	}

	/** Returns those that have sessions, and are not lost. */
	List<ClientConnection> open() {
		return in(ConnectionPhase.OPENING, ConnectionPhase.READY, ConnectionPhase.DRAINING);
	}

	/**
	 * Whether an attempt is under way. A connection that is over, and will be taken away
	 * in a moment, is none.
	 */
	boolean isConnecting() {
		return in(ConnectionPhase.CONNECTING).stream().anyMatch((attempt) -> !attempt.isSettled());
	}

	/** Returns those that are doing that, in the order in which they were made. */
	List<ClientConnection> in(ConnectionPhase... phases) {
		List<ConnectionPhase> wanted = List.of(phases);
		List<ClientConnection> found = new ArrayList<>();
		for (Member member : this.members) {
			if (wanted.contains(member.phase)) {
				found.add(member.connection);
			}
		}
		return found;
	}

	/** Returns the first that is ready, if one is. */
	@Nullable ClientConnection firstReady() {
		List<ClientConnection> ready = in(ConnectionPhase.READY);
		return ready.isEmpty() ? null : ready.get(0);
	}

	/**
	 * Returns the connection to an address that carries nothing, if there is one. One
	 * that is lost is about to be gone.
	 */
	@Nullable ClientConnection kept(ClientAddress address) {
		for (ClientConnection kept : in(ConnectionPhase.KEPT)) {
			if (kept.address() == address && !kept.isSettled()) {
				return kept;
			}
		}
		return null;
	}

	/**
	 * Returns the last of the addresses with connections that are ready, and are not to
	 * be replaced; {@code null} if there are none.
	 */
	@Nullable ClientAddress lastServing() {
		ClientAddress last = null;
		for (Member member : this.members) {
			ClientAddress address = member.connection.address();
			if (member.phase == ConnectionPhase.READY && member.rotation == null
					&& (last == null || address.isBehind(last))) {
				last = address;
			}
		}
		return last;
	}

	/**
	 * Whether one more attempt may be made now: one is wanted, and none is under way. As
	 * long as none is ready, only one opens at a time: it proves that the others will.
	 */
	boolean wantsMore() {
		return missing() > 0 && count(ConnectionPhase.CONNECTING) == 0
				&& (count(ConnectionPhase.READY) > 0 || count(ConnectionPhase.OPENING) == 0);
	}

	/** How many more are wanted. One that is lost keeps its place until it is gone. */
	private int missing() {
		int missing = this.size;
		for (Member member : this.members) {
			boolean stays = switch (member.phase) {
				case CONNECTING, OPENING, READY, LOST -> member.rotation == null;
				case PROBING, KEPT, DRAINING -> false;
			};
			missing -= stays ? 1 : 0;
		}
		return missing;
	}

	// What changes.

	/** An attempt is made, for its own sake or as a probe. */
	void add(ClientConnection attempt, ConnectionPhase phase) {
		this.members.add(new Member(attempt, phase));
	}

	/** A connection that is here does something else from now on. */
	void phase(ClientConnection connection, ConnectionPhase next) {
		Member member = member(connection);
		if (member != null) {
			member.phase = next;
			outgoing();
		}
	}

	/** A connection is ready; to be replaced, if its address has gone meanwhile. */
	void ready(ClientConnection connection) {
		phase(connection, ConnectionPhase.READY);
		if (connection.address().isGone()) {
			rotate(RotationReason.OPERATOR, (each) -> each == connection);
		}
	}

	/** A connection takes payloads from now on. */
	void attached(ClientConnection connection) {
		Member member = member(connection);
		if (member != null) {
			member.attached = true;
			outgoing();
		}
	}

	/** A connection is over, and gives back what it had. */
	void lost(ClientConnection connection) {
		Member member = member(connection);
		if (member != null) {
			member.phase = (member.phase == ConnectionPhase.DRAINING) ? member.phase : ConnectionPhase.LOST;
			member.rotation = null;
			outgoing();
		}
	}

	/**
	 * A connection has given back all, or an attempt is over.
	 * @return whether it was here
	 */
	boolean remove(ClientConnection connection) {
		return this.members.removeIf((member) -> member.connection == connection);
	}

	/** Forgets all. */
	void clear() {
		this.members.clear();
		outgoing();
	}

	private @Nullable Member member(ClientConnection connection) {
		for (Member member : this.members) {
			if (member.connection == connection) {
				return member;
			}
		}
		return null;
	}

	// Rotation.

	/**
	 * Has others take the place of those that are ready.
	 * @param reason why
	 * @param which for which of them
	 * @return these, with those that had to be replaced before
	 */
	List<ClientConnection> rotate(RotationReason reason, Predicate<ClientConnection> which) {
		List<ClientConnection> old = new ArrayList<>();
		for (Member member : this.members) {
			if (member.phase == ConnectionPhase.READY && which.test(member.connection)) {
				// A fail-back may be given up, and others may not.
				boolean stays = member.rotation != null && member.rotation != RotationReason.FAIL_BACK;
				member.rotation = stays ? member.rotation : reason;
				old.add(member.connection);
			}
		}
		return old;
	}

	/** An earlier address does not take over after all: connections to others stay. */
	void cancelFailBack() {
		for (Member member : this.members) {
			if (member.rotation == RotationReason.FAIL_BACK) {
				member.rotation = null;
			}
		}
	}

	/**
	 * Returns those that others have taken the place of by now; they are drained from now
	 * on.
	 */
	List<Replaced> replaced() {
		int surplus = count(ConnectionPhase.READY) - this.size;
		List<Replaced> replaced = new ArrayList<>(0);
		for (Member member : this.members) {
			RotationReason reason = member.rotation;
			if (surplus > 0 && member.phase == ConnectionPhase.READY && reason != null) {
				surplus--;
				member.phase = ConnectionPhase.DRAINING;
				replaced.add(new Replaced(member.connection, reason));
			}
		}
		for (int i = this.members.size() - 1; this.shrunk && surplus > 0 && i >= 0; i--) {
			Member last = this.members.get(i);
			if (last.phase == ConnectionPhase.READY) {
				surplus--;
				last.phase = ConnectionPhase.DRAINING;
				replaced.add(new Replaced(last.connection, RotationReason.OPERATOR));
			}
		}
		// An attempt may have been a moment too late to be given up.
		this.shrunk &= count(ConnectionPhase.CONNECTING, ConnectionPhase.OPENING) > 0;
		outgoing();
		return replaced;
	}

	/** A connection of which another has taken the place. */
	record Replaced(ClientConnection connection, RotationReason reason) {

	}

	/** A connection, and what it is doing. */
	private static final class Member {

		private final ClientConnection connection;

		private ConnectionPhase phase;

		/** Whether it takes payloads, or has. */
		private boolean attached;

		/** Why another is to take its place, if one is. */
		private @Nullable RotationReason rotation;

		Member(ClientConnection connection, ConnectionPhase phase) {
			this.connection = connection;
			this.phase = phase;
		}

	}

}
