package dev.socketserver.engine.server;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;

import dev.socketserver.ListenerSpec;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.admission.Admission;
import dev.socketserver.admission.PacedAccept;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import org.jspecify.annotations.Nullable;

/**
 * How many connections one run admits by all of its listeners. Has them stop accepting
 * while there are too many, or they arrive too fast. Safe for use by several threads.
 */
public final class ServerIntake {

	/** From how many refused connections in a minute on operators are notified. */
	private static final int MANY_REJECTIONS = 100;

	private final ServerContext server;

	private final ServerCounters counters;

	private final Admission admission;

	private final Alarms.Flood rejections;

	/** How many sessions the server had had when the run began. */
	private final long sessionsBefore;

	/** Those of all listeners. */
	private final List<AcceptGate> gates = new CopyOnWriteArrayList<>();

	/** Those where connections may wait for which there is no room. */
	private final List<AcceptGate> streams = new CopyOnWriteArrayList<>();

	private volatile Values values;

	/** The last session that was not counted among those of its address. */
	private volatile long uncounted;

	/** The one session of a one-shot has opened. */
	private volatile boolean served;

	/**
	 * Creates the intake of one run.
	 * @param server what the run shares with others
	 * @param earlier who was admitted in earlier runs that still have sessions
	 */
	public ServerIntake(ServerContext server, List<Admission> earlier) {
		this.server = server;
		this.counters = server.counters();
		this.sessionsBefore = server.sessions().lastNumber();
		ServerSpec spec = server.spec();
		int sessions = sessions(spec, Admission.kept(earlier));
		this.counters.maxSessions(sessions);
		this.admission = new Admission(sessions, earlier, spec.limits());
		this.rejections = server.alarms().flood(Alarm.Kind.REJECTIONS, MANY_REJECTIONS);
		this.values = new Values(spec.limits(), sessions, hasStages(spec), crowd(spec, sessions), pace(spec));
	}

	/** Returns what the run shares with others. */
	ServerContext server() {
		return this.server;
	}

	private Alarms.Threshold crowd(ServerSpec spec, int sessions) {
		// A one-shot has one session at most, for which there is no alarm.
		long figure = spec.oneShot() ? 0 : ((long) sessions * spec.limits().alarm() + 99) / 100;
		return this.server.alarms().threshold(Alarm.Kind.SESSIONS, figure);
	}

	private @Nullable PacedAccept pace(ServerSpec spec) {
		int rate = spec.limits().acceptRate();
		if (rate == 0) {
			return null;
		}
		boolean datagrams = spec.listeners().stream().anyMatch((each) -> each.session().datagrams());
		return new PacedAccept(rate, datagrams, this.server.engine().timer(),
				() -> this.gates.forEach((gate) -> gate.hold(Reason.RATE)),
				() -> this.gates.forEach((gate) -> gate.release(Reason.RATE)));
	}

	private static boolean hasStages(ServerSpec spec) {
		// Without a lambda: each start has this.
		for (ListenerSpec each : spec.listeners()) {
			if (each.hasStages()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Decides by other settings from now on, of connections that arrive.
	 * @param before what the server was made from until now
	 * @param run has the sessions; once it is closing, no other is to be too many
	 */
	void reconfigure(ServerSpec before, ServerRun run) {
		ServerSpec spec = this.server.spec();
		Values former = this.values;
		int most = mostNow(before, spec);
		boolean alike = most == former.sessions() && before.limits().alarm() == spec.limits().alarm()
				&& before.oneShot() == spec.oneShot();
		boolean samePace = before.limits().acceptRate() == spec.limits().acceptRate();
		// In this order: both hold the same gates.
		if (!samePace && former.pace() != null) {
			former.pace().end();
		}
		// In this order: who sees the limit is admitted by it.
		this.admission.reconfigure(most, spec.limits(), openSessions(run));
		this.counters.maxSessions(most);
		if (!spec.oneShot()) {
			this.served = false;
		}
		this.values = new Values(spec.limits(), most, hasStages(spec),
				alike ? former.crowd() : crowd(spec, run.closing() ? 0 : most), samePace ? former.pace() : pace(spec));
		if (former.waits() && !this.values.waits()) {
			this.streams.forEach((gate) -> gate.release(Reason.FULL));
		}
		permitsChanged();
	}

	/** Asks for descriptors only where more sessions are wanted: that takes its time. */
	private int mostNow(ServerSpec before, ServerSpec spec) {
		int present = this.values.sessions();
		boolean same = before.oneShot() == spec.oneShot() && before.limits().sessions() == spec.limits().sessions();
		int wanted = spec.oneShot() ? 1 : spec.limits().sessions();
		return (same || wanted <= present) ? Math.min(wanted, present) : sessions(spec, this.admission.taken());
	}

	/** Counts the sessions of this run that have begun until now, by address. */
	private ToIntFunction<InetAddress> openSessions(ServerRun run) {
		SessionRegistry sessions = this.server.sessions();
		long last = sessions.lastNumber();
		if (!this.admission.countsAddresses()) {
			this.uncounted = last;
		}
		return (address) -> sessions.count(this.sessionsBefore, last, run::has, address);
	}

	/** Returns how many sessions there may be. */
	private static int sessions(ServerSpec spec, int taken) {
		return (int) Math.min(spec.oneShot() ? 1 : spec.limits().sessions(), descriptors(spec, taken));
	}

	/**
	 * How many sessions have descriptors. Those that are open have theirs already; all of
	 * datagrams share one.
	 */
	private static long descriptors(ServerSpec spec, int taken) {
		for (ListenerSpec listener : spec.listeners()) {
			if (listener.listenOn().streams()) {
				return (long) taken + DescriptorLimit.connections();
			}
		}
		return Integer.MAX_VALUE;
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
	void add(AcceptGate gate, boolean waits) {
		this.gates.add(gate);
		if (waits) {
			this.streams.add(gate);
		}
	}

	/** Whether a session has a permit among those of its address. */
	boolean isCounted(long number) {
		return this.admission.countsAddresses() && number > this.uncounted;
	}

	/** Serves nobody who still arrives: the one session of a one-shot has opened. */
	void served() {
		this.served = true;
	}

	boolean isServed() {
		return this.served;
	}

	/** Whether connections wait for which there is no room. */
	boolean waits() {
		return this.values.waits();
	}

	/** A connection was admitted. */
	void admitted() {
		permitsChanged();
		PacedAccept pace = this.values.pace();
		if (pace != null) {
			pace.accepted();
		}
	}

	/**
	 * Checks the permits again, since some were taken or given back, here or by the
	 * sessions of an earlier run.
	 */
	void permitsChanged() {
		Values present = this.values;
		if (present.waits()) {
			for (AcceptGate gate : this.streams) {
				gate.set(Reason.FULL, () -> this.values.waits() && (this.served || this.admission.isExhausted()));
			}
		}
		int taken = this.admission.taken();
		if (present.crowd().isReachedBy(taken)) {
			present.crowd()
				.raise(taken + " of " + this.counters.maxSessions() + " sessions (limits.sessions) are open"
						+ (present.pending() ? " or pending" : ""));
		}
	}

	/** A connection was refused. */
	void rejected(RejectReason reason) {
		this.counters.countRejected(reason);
		this.rejections.count(() -> MANY_REJECTIONS + " connections were refused within " + Alarms.Flood.WINDOW_SECONDS
				+ " s, the last with " + reason);
	}

	/**
	 * What is in force.
	 *
	 * @param waits whether connections wait for which there is no room
	 * @param sessions how many sessions there may be
	 * @param pending whether connections may be pending before they are sessions
	 * @param crowd the number from which on there are nearly as many sessions as may be
	 * @param pace how fast connections are accepted; {@code null} for as fast as they
	 * come
	 */
	private record Values(boolean waits, int sessions, boolean pending, Alarms.Threshold crowd,
			@Nullable PacedAccept pace) {

		Values(Limits limits, int sessions, boolean pending, Alarms.Threshold crowd, @Nullable PacedAccept pace) {
			this(limits.onFull() == OnFull.WAIT, sessions, pending, crowd, pace);
		}

	}

}
