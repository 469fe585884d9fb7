package dev.socketserver.engine.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.engine.addresses.ClientAddress;
import dev.socketserver.engine.addresses.ClientAddresses;
import dev.socketserver.engine.connect.ClientConnection.ConnectionEvents;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a client, for {@link Reconnection}: attempts, and probes. With
 * these, which carry nothing, it tries addresses that are due while others serve, and has
 * an earlier address take over. Guarded by the monitor of {@link ClientConnections}.
 */
final class Probing {

	private final ClientContext client;

	private final ConnectionEvents owner;

	private final ClientAddresses addresses;

	private final ConnectionPool pool;

	/** Has {@link #step} called. */
	private final Runnable step;

	private @Nullable Future<?> later;

	/**
	 * Creates what probes the addresses of one client.
	 * @param client the client
	 * @param owner is notified of what becomes of connections
	 * @param addresses its addresses
	 * @param pool its connections
	 * @param step has {@link #step} called, on the executor
	 */
	Probing(ClientContext client, ConnectionEvents owner, ClientAddresses addresses, ConnectionPool pool,
			Runnable step) {
		this.client = client;
		this.owner = owner;
		this.addresses = addresses;
		this.pool = pool;
		this.step = step;
	}

	/**
	 * Does what is due now, while the client is to be connected, if it has several
	 * addresses.
	 * @param run the run of the client
	 * @return what is to be run without the monitor
	 */
	List<Runnable> step(ClientRun run) {
		if (this.client.spec().addresses().size() <= 1) {
			cancel();
			return List.of();
		}
		long now = this.client.engine().clock().getAsLong();
		ClientAddress back = this.addresses.takingOver(this.pool.lastServing(), now);
		if (back != null) {
			this.pool.rotate(RotationReason.FAIL_BACK, (each) -> each.address().isBehind(back));
		}
		ClientAddress last = this.pool.lastServing();
		List<Runnable> then = new ArrayList<>(0);
		for (ClientConnection kept : this.pool.in(ConnectionPhase.KEPT)) {
			if (last != null && !this.addresses.isKept(kept.address(), last)) {
				then.add(kept::cancel);
			}
		}
		for (ClientAddress due : this.addresses.due(last, now)) {
			then.add(make(run, due, null, ConnectionPhase.PROBING)::begin);
			this.addresses.probing(due);
		}
		schedule(this.addresses.nextDue(last, now));
		return then;
	}

	private ClientConnection make(ClientRun run, ClientAddress address, @Nullable CompletableFuture<?> before,
			ConnectionPhase phase) {
		this.client.counters().count(Counter.ATTEMPTS);
		ClientConnection made = new ClientConnection(this.owner, this.client, run, address, before);
		this.pool.add(made, phase);
		return made;
	}

	private void schedule(long nanos) {
		cancel();
		if (nanos != Long.MAX_VALUE) {
			this.later = this.client.engine()
				.timer()
				.schedule(() -> this.client.executor().execute(this.step), nanos, TimeUnit.NANOSECONDS);
		}
	}

	/** Waits for nothing: the client is not to be connected. */
	void cancel() {
		if (this.later != null) {
			this.later.cancel(false);
			this.later = null;
		}
	}

	/** A probe has led to a connection, unless it was given up meanwhile. */
	void kept(ClientConnection probe) {
		if (this.pool.phase(probe) == ConnectionPhase.PROBING && !probe.isSettled()) {
			this.pool.phase(probe, ConnectionPhase.KEPT);
			this.addresses.kept(probe.address(), probe, this.client.engine().clock().getAsLong());
		}
	}

	/**
	 * An attempt at an address is to be made now. A connection to it that was kept takes
	 * its place.
	 * @param run the run of the client
	 * @param address the address
	 * @param before completes when the handler of the connection before has been notified
	 * of its end
	 * @return the attempt, or that connection
	 */
	ClientConnection attempt(ClientRun run, ClientAddress address, CompletableFuture<?> before) {
		ClientConnection kept = this.pool.kept(address);
		if (kept == null) {
			return make(run, address, before, ConnectionPhase.CONNECTING);
		}
		this.pool.phase(kept, ConnectionPhase.CONNECTING);
		lost(kept, CloseReason.ROTATED);
		kept.follow(before);
		return kept;
	}

	/**
	 * An attempt has failed, or a connection without a session is lost.
	 * @return whether it was a probe
	 */
	boolean failed(ClientConnection probe, Throwable cause) {
		ConnectionPhase phase = this.pool.phase(probe);
		if (phase == ConnectionPhase.PROBING) {
			this.addresses.probeFailed(probe.address(), probe.nextAddress(), cause,
					this.client.engine().clock().getAsLong());
		}
		else if (phase == ConnectionPhase.KEPT) {
			lost(probe, CloseReason.PEER_CLOSED);
		}
		return phase == ConnectionPhase.PROBING || phase == ConnectionPhase.KEPT;
	}

	/** An attempt was given up; returns whether that was a connection that was kept. */
	boolean cancelled(ClientConnection probe) {
		boolean kept = this.pool.phase(probe) == ConnectionPhase.KEPT;
		if (kept) {
			lost(probe, CloseReason.ROTATED);
		}
		return kept;
	}

	private void lost(ClientConnection kept, CloseReason reason) {
		this.addresses.lost(kept.address(), kept, reason, kept.nextAddress(), this.client.engine().clock().getAsLong());
	}

}
