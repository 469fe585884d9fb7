package dev.socketserver.engine.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.admission.AddressKey;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.operator.LoginOutcome;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a server that are not logged in. There is a limit: beyond it, the
 * oldest of the address that has most of them has to leave, so that many silent peers of
 * one address do not lock out others. The time of all is equally long, so that a single
 * timer waits for the oldest. Safe for use by several threads.
 */
public final class Logins {

	private volatile Rules rules;

	private final ServerCounters counters;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	// Guarded by this.

	/** All of them, the oldest first. */
	private final NavigableSet<LoginPhase> phases = new TreeSet<>();

	/** Those of an address, the oldest first. */
	private final Map<Long, NavigableSet<LoginPhase>> byAddress = new HashMap<>();

	/** The addresses by how many they have. */
	private final NavigableMap<Integer, LinkedHashSet<Long>> byCount = new TreeMap<>();

	/** Waits for the time of the oldest, unless there is none. */
	private @Nullable Future<?> wait;

	/** Until when that one has to log in. */
	private long awaited;

	private boolean ended;

	/**
	 * Creates it, without a session.
	 * @param spec what the server is made from, whose sessions have to log in
	 * @param counters counts outcomes
	 * @param timer has time pass
	 * @param nanoTime the monotonic clock
	 */
	public Logins(ServerSpec spec, ServerCounters counters, ScheduledExecutorService timer, LongSupplier nanoTime) {
		this.rules = Rules.of(spec);
		this.counters = counters;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Has those that are not logged in log in by other rules. Their time counts from the
	 * beginning of each session.
	 * @param spec what the server is made from now
	 * @param inForce is run when these rules are in force, and nobody has been judged by
	 * them
	 */
	public void reconfigure(ServerSpec spec, Runnable inForce) {
		Rules before = this.rules;
		Rules next = Rules.of(spec);
		this.rules = next;
		inForce.run();
		if (!before.login().timeout().equals(next.login().timeout())) {
			check(this.nanoTime.getAsLong());
		}
	}

	/** No session has to log in any more. */
	public void end() {
		List<LoginPhase> all;
		synchronized (this) {
			this.ended = true;
			all = List.copyOf(this.phases);
		}
		all.forEach(LoginPhase::notNeeded);
	}

	/**
	 * Returns what is a login.
	 * @return a principal, or an identity
	 */
	public LoginBy by() {
		return rules().by();
	}

	/** Returns the rules that are in force. */
	Login rules() {
		return this.rules.login();
	}

	/**
	 * A session opens, or has opened before and has to log in now. If it is not logged
	 * in, another may have to leave for it.
	 * @param session the session
	 * @param framed whether it has frames; else only its time counts
	 * @param abort ends the session at once, on any thread
	 * @param has whether the session has a principal, or an identity
	 * @param age how many nanoseconds ago it has opened
	 * @return the time until it is logged in, or {@code null} if it is
	 */
	public @Nullable LoginPhase opened(SocketSession session, boolean framed, Consumer<CloseStatus> abort,
			Predicate<LoginBy> has, long age) {
		if (has.test(by())) {
			this.counters.countLogin(LoginOutcome.SUCCESS);
			return null;
		}
		LoginPhase phase = new LoginPhase(session, framed, abort, has, this, this.nanoTime.getAsLong() - age);
		LoginPhase displaced = null;
		synchronized (this) {
			if (this.ended) {
				return null;
			}
			// It counts among those of its address, of which the oldest may have to
			// leave.
			add(phase);
			if (this.phases.size() > this.rules.most()) {
				displaced = oldestOfMost();
				remove(displaced);
			}
			await();
		}
		if (displaced != null) {
			displaced.displaced();
		}
		return phase;
	}

	private LoginPhase oldestOfMost() {
		Long address = this.byCount.lastEntry().getValue().iterator().next();
		return Objects.requireNonNull(this.byAddress.get(address)).first();
	}

	private void add(LoginPhase phase) {
		this.phases.add(phase);
		Long address = address(phase);
		NavigableSet<LoginPhase> others = this.byAddress.computeIfAbsent(address, (key) -> new TreeSet<>());
		others.add(phase);
		counts(address, others.size() - 1, others.size());
	}

	private void remove(LoginPhase phase) {
		if (!this.phases.remove(phase)) {
			return;
		}
		Long address = address(phase);
		NavigableSet<LoginPhase> others = Objects.requireNonNull(this.byAddress.get(address));
		others.remove(phase);
		if (others.isEmpty()) {
			this.byAddress.remove(address);
		}
		counts(address, others.size() + 1, others.size());
	}

	private static Long address(LoginPhase phase) {
		return AddressKey.of(phase.session().remoteAddress().getAddress());
	}

	private void counts(Long address, int before, int now) {
		this.byCount.computeIfPresent(before, (key, same) -> {
			same.remove(address);
			return same.isEmpty() ? null : same;
		});
		if (now > 0) {
			this.byCount.computeIfAbsent(now, (key) -> new LinkedHashSet<>()).add(address);
		}
	}

	/** A session is logged in, or has ended. */
	void over(LoginPhase phase, @Nullable LoginOutcome outcome) {
		synchronized (this) {
			remove(phase);
		}
		if (outcome != null) {
			this.counters.countLogin(outcome);
		}
	}

	/**
	 * Returns how many there are.
	 * @return the number of sessions that are not logged in
	 */
	public synchronized int count() {
		return this.phases.size();
	}

	/** Waits for the time of the oldest to be over. */
	private void await() {
		if (this.phases.isEmpty()) {
			return;
		}
		long deadline = this.phases.first().deadline();
		if (this.wait != null && deadline - this.awaited < 0) {
			// It has opened before that one.
			cancelWait();
		}
		if (this.wait == null) {
			this.awaited = deadline;
			long now = this.nanoTime.getAsLong();
			await(Math.max(0, deadline - now), now);
		}
	}

	private void cancelWait() {
		if (this.wait != null) {
			this.wait.cancel(false);
			this.wait = null;
		}
	}

	private void await(long left, long now) {
		this.wait = this.timer.schedule(() -> check(now + left), left, TimeUnit.NANOSECONDS);
	}

	private void check(long due) {
		List<LoginPhase> late = new ArrayList<>();
		synchronized (this) {
			// The time is another one now, or this is what has waited.
			cancelWait();
			long now = this.nanoTime.getAsLong();
			long longer = Deadline.late(due, now, rules().timeout().toNanos());
			if (longer > 0) {
				// What has arrived while nothing ran may be logins.
				await(longer, now);
				return;
			}
			for (LoginPhase phase : this.phases) {
				if (phase.deadline() - now > 0) {
					break;
				}
				late.add(phase);
			}
			late.forEach(this::remove);
			await();
		}
		late.forEach(LoginPhase::timedOut);
	}

	/**
	 * The rules that are in force.
	 *
	 * @param login what sessions may do until they are logged in
	 * @param most how many there may be
	 */
	private record Rules(Login login, int most) {

		static Rules of(ServerSpec spec) {
			Login login = Objects.requireNonNull(spec.gate().login(), "login");
			int most = (login.sessions() > 0) ? login.sessions() : Math.max(1, spec.limits().sessions() / 2);
			return new Rules(login, most);
		}

	}

}
