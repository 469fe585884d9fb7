package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.DatagramDrop;
import dev.socketserver.RejectReason;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.waiting.Charge;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Decides which peers without a session get one. While the gate is closed, as in a pause,
 * none does, and what they send is dropped as {@link DatagramDrop#REJECTED} without
 * counting as a refused connection. Where there are as many sessions as there may be, a
 * newcomer displaces the stranger that was silent for longest, and waits until that one
 * has ended. What is refused gets no answer. On the loop, if nothing else is said.
 */
final class Newcomers {

	/** So many may wait. More would only keep those away who have come before them. */
	private static final int MOST_WAITING = 64;

	/** What a datagram takes beside its bytes, about. */
	private static final int OBJECT_BYTES = 96;

	/** So many bytes of one newcomer may wait: at least the longest datagram. */
	private static final int MOST_BYTES = 64 * 1024 + OBJECT_BYTES;

	/** The part of all memory that may wait, for anybody can send it. */
	private static final int PART_OF_MEMORY = 4;

	private final Host host;

	private final AcceptGate gate;

	private final ConnectionIntake intake;

	private final Map<Newcomer, FirstDatagrams> waiting = new LinkedHashMap<>();

	/** Of all that waits: no session has it yet. */
	private final Charge charge;

	private final MemoryBudget memory;

	/** Whether there is one that waits for a permit. Any thread may ask. */
	private volatile boolean awaitsPermit;

	/**
	 * Creates the newcomers of a port, of which there are none.
	 * @param host opens sessions
	 * @param gate whether anybody gets one
	 * @param intake who gets one
	 * @param memory is charged with what waits
	 */
	Newcomers(Host host, AcceptGate gate, ConnectionIntake intake, MemoryBudget memory) {
		this.memory = memory;
		this.charge = Charge.exact(memory);
		this.host = host;
		this.gate = gate;
		this.intake = intake;
	}

	/** A datagram has come from a peer without a session. */
	void arrived(LocalSocket socket, InetSocketAddress peer, InetSocketAddress local, ByteBuf content) {
		Newcomer newcomer = new Newcomer(socket, peer, local);
		FirstDatagrams known = this.waiting.get(newcomer);
		if (this.host.closing() || !this.gate.isOpen()) {
			if (this.gate.isHeldFor(Reason.RATE) || this.gate.isHeldFor(Reason.OWN_RATE)) {
				// Before it is counted: who sees that it was dropped finds out why.
				this.intake.tooFast(peer);
			}
			this.host.dropped(DatagramDrop.REJECTED, 1);
		}
		else if (known != null) {
			if (!add(known, content)) {
				this.host.dropped(DatagramDrop.REJECTED, 1);
			}
		}
		else {
			decide(newcomer, content);
		}
	}

	private void decide(Newcomer newcomer, ByteBuf content) {
		Refusal refusal = this.intake.accepted(newcomer.peer().getAddress(), null, false, false);
		if (refusal == null) {
			this.host.open(newcomer, List.of(content));
		}
		else if (refusal.reason() != RejectReason.LIMIT_SESSIONS || this.intake.isServed()
				|| !displaces(newcomer, content)) {
			reject(newcomer, refusal, 1);
		}
	}

	/** Has a stranger end, and the newcomer wait for that, if possible. */
	private boolean displaces(Newcomer newcomer, ByteBuf content) {
		DatagramConnection stranger = (this.waiting.size() < MOST_WAITING) ? this.host.displaceable() : null;
		if (stranger == null) {
			return false;
		}
		FirstDatagrams first = new FirstDatagrams();
		if (!add(first, content)) {
			return false;
		}
		// Before that one ends, which may be at once.
		this.waiting.put(newcomer, first);
		this.awaitsPermit = true;
		stranger.idle("evicted");
		return true;
	}

	/** Returns {@code false} if it is too much, of that newcomer or of all. */
	private boolean add(FirstDatagrams first, ByteBuf content) {
		int bytes = OBJECT_BYTES + content.readableBytes();
		boolean added = first.bytes + bytes <= MOST_BYTES && !this.memory.isScarce()
				&& this.charge.addWithin(bytes, this.memory.limit() / PART_OF_MEMORY);
		if (added) {
			first.bytes += bytes;
			first.datagrams.add(Unpooled.copiedBuffer(content));
		}
		return added;
	}

	private void reject(Newcomer newcomer, Refusal refusal, int datagrams) {
		// In this order: who sees that they were dropped finds out why.
		this.intake.rejected(newcomer.peer(), refusal.reason(), refusal.detail());
		this.host.dropped(DatagramDrop.REJECTED, datagrams);
	}

	/** Whether there is one that waits for a permit. Any thread. */
	boolean awaitsPermit() {
		return this.awaitsPermit;
	}

	/** A permit may be free. */
	void admit() {
		if (this.host.closing() || this.gate.isHeldFor(Reason.PAUSED)) {
			refuseAll();
			return;
		}
		// Not one iterator: a session may end the server as soon as it opens.
		while (!this.waiting.isEmpty()) {
			Map.Entry<Newcomer, FirstDatagrams> next = this.waiting.entrySet().iterator().next();
			Refusal refusal = this.intake.admitted(next.getKey().peer().getAddress(), null, false, false);
			if (refusal != null && refusal.reason() == RejectReason.LIMIT_SESSIONS) {
				return;
			}
			this.waiting.remove(next.getKey());
			this.charge.add(-next.getValue().bytes);
			if (refusal == null) {
				this.host.open(next.getKey(), next.getValue().datagrams);
			}
			else {
				reject(next.getKey(), refusal, next.getValue().datagrams.size());
			}
		}
		this.awaitsPermit = false;
	}

	/**
	 * Looks again for those that wait: somebody else may have taken the permit for which
	 * a stranger had to go.
	 */
	void check() {
		if (this.awaitsPermit) {
			admit();
			DatagramConnection stranger = this.waiting.isEmpty() ? null : this.host.displaceable();
			if (stranger != null) {
				stranger.idle("evicted");
			}
		}
	}

	/** No peer gets a session any more. */
	void refuseAll() {
		Refusal full = this.intake.admission().allSessions();
		this.waiting.forEach((newcomer, waits) -> reject(newcomer, full, waits.datagrams.size()));
		this.waiting.clear();
		this.charge.settle(0);
		this.awaitsPermit = false;
	}

	/** What opens sessions. */
	interface Host {

		/** Whether no session is opened any more. */
		boolean closing();

		/** Datagrams were dropped. */
		void dropped(DatagramDrop reason, int count);

		/** Opens the session of a newcomer that was admitted, and gives it these. */
		void open(Newcomer newcomer, List<ByteBuf> datagrams);

		/**
		 * Returns the session whose peer was silent for longest, among those that may be
		 * displaced; {@code null} if there is none, or none may be.
		 */
		@Nullable DatagramConnection displaceable();

	}

	/**
	 * A peer without a session.
	 *
	 * @param socket has received something from it
	 * @param peer its address
	 * @param local the address that it has asked
	 */
	record Newcomer(LocalSocket socket, InetSocketAddress peer, InetSocketAddress local) {

	}

	/** What a newcomer has sent that waits. */
	private static final class FirstDatagrams {

		private final List<ByteBuf> datagrams = new ArrayList<>();

		private int bytes;

	}

}
