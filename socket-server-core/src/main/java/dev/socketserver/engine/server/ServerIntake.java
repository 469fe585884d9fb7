package dev.socketserver.engine.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.ListenerSpec;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.OnFull;
import org.jspecify.annotations.Nullable;

/**
 * How many connections one run admits by all of its listeners. Has them stop accepting
 * while there are too many, or they arrive too fast. Safe for use by several threads.
 */
public final class ServerIntake {

	/** From how many refused connections in a minute on operators are notified. */
	private static final int MANY_REJECTIONS = 100;

	private final ServerCounters counters;

	private final Admission admission;

	/** The number from which on there are nearly as many sessions as there may be. */
	private final Alarms.Threshold crowd;

	private final Alarms.Flood rejections;

	/** Whether connections may be pending before they are sessions. */
	private final boolean pending;

	/** Those of all listeners. */
	private final List<AcceptGate> gates = new CopyOnWriteArrayList<>();

	/** Those that are held while there is no room for a further session. */
	private final List<AcceptGate> waiting = new CopyOnWriteArrayList<>();

	private final boolean waitWhenFull;

	private final @Nullable PacedAccept acceptRate;

	/** The one session of a one-shot has opened. */
	private volatile boolean served;

	/**
	 * Creates the intake of one run.
	 * @param server what the run shares with others
	 * @param earlier who was admitted in earlier runs that still have sessions
	 */
	public ServerIntake(ServerContext server, List<Admission> earlier) {
		this.counters = server.counters();
		ServerSpec spec = server.spec();
		int sessions = (int) Math.min(spec.oneShot() ? 1 : spec.limits().sessions(), descriptors(spec, earlier));
		this.counters.maxSessions(sessions);
		this.admission = new Admission(sessions, earlier, spec.limits());
		this.crowd = server.alarms().threshold(Alarm.Kind.SESSIONS, crowd(spec, sessions));
		this.rejections = server.alarms().flood(Alarm.Kind.REJECTIONS, MANY_REJECTIONS);
		this.waitWhenFull = spec.limits().onFull() == OnFull.WAIT;
		boolean stages = false;
		boolean datagrams = false;
		for (ListenerSpec listener : spec.listeners()) {
			stages |= listener.hasStages();
			datagrams |= listener.session().datagrams();
		}
		this.pending = stages;
		int rate = spec.limits().acceptRate();
		this.acceptRate = (rate > 0) ? new PacedAccept(rate, burst(datagrams), server.engine().timer(),
				() -> this.gates.forEach((gate) -> gate.hold(Reason.RATE)),
				() -> this.gates.forEach((gate) -> gate.release(Reason.RATE))) : null;
	}

	/**
	 * How many sessions have descriptors. Those of earlier runs have theirs already; all
	 * of datagrams share one.
	 */
	private static long descriptors(ServerSpec spec, List<Admission> earlier) {
		for (ListenerSpec listener : spec.listeners()) {
			if (listener.listenOn().streams()) {
				return (long) Admission.kept(earlier) + DescriptorLimit.connections();
			}
		}
		return Integer.MAX_VALUE;
	}

	/**
	 * Returns the time whose connections may come at once. What waits in the kernel loses
	 * nothing; a datagram is lost.
	 */
	static Duration burst(boolean datagrams) {
		return datagrams ? Duration.ofSeconds(1) : Duration.ofMillis(100);
	}

	/** From how many sessions on there are nearly too many; 0 for no such alarm. */
	private static long crowd(ServerSpec spec, int sessions) {
		// A one-shot has one session at most, for which there is no alarm.
		return spec.oneShot() ? 0 : ((long) sessions * spec.limits().alarm() + 99) / 100;
	}

	/** Who is admitted, and how many of them there are. */
	public Admission admission() {
		return this.admission;
	}

	/**
	 * Another listener accepts.
	 * @param gate whether it does
	 * @param waits whether those whom there is no room for may wait there
	 */
	void guards(AcceptGate gate, boolean waits) {
		this.gates.add(gate);
		if (waits && this.waitWhenFull) {
			this.waiting.add(gate);
		}
	}

	/** Refuses all that still arrive: the one session of a one-shot has opened. */
	void served() {
		this.served = true;
	}

	boolean isServed() {
		return this.served;
	}

	/** A connection was admitted. */
	void admitted() {
		permitsChanged();
		if (this.acceptRate != null) {
			this.acceptRate.accepted();
		}
	}

	/**
	 * Checks the permits again, since some were taken or given back, here or by the
	 * sessions of an earlier run.
	 */
	void permitsChanged() {
		for (AcceptGate gate : this.waiting) {
			gate.set(Reason.FULL, this.admission::isExhausted);
		}
		int taken = this.admission.taken();
		this.crowd.check(taken, () -> taken + " of " + this.counters.maxSessions()
				+ " sessions (limits.sessions) are open" + (this.pending ? " or pending" : ""));
	}

	/** A connection was refused. */
	void rejected(RejectReason reason) {
		this.counters.countRejected(reason);
		this.rejections.count(() -> MANY_REJECTIONS + " connections were refused within " + Alarms.Flood.WINDOW_SECONDS
				+ " s, the last with " + reason);
	}

}
