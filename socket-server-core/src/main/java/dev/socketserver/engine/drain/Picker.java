package dev.socketserver.engine.drain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;

import dev.socketserver.spec.DrainPlan.Order;
import org.jspecify.annotations.Nullable;

/**
 * Picks the session whose turn is next. Not safe for use by several threads.
 * <p>
 * With {@link Order#IDLE_FIRST} a session that seems to be the next is checked again, and
 * goes back into the queue if its peer has sent something meanwhile, or it has become
 * busy. So a turn costs little, however many sessions wait, and no clock is read for a
 * session before.
 *
 * @param <S> the type of the sessions
 */
final class Picker<S extends Drainable> {

	private final boolean idleFirst;

	private final Queue<Candidate<S>> candidates;

	/**
	 * Creates a picker.
	 * @param order which sessions are first
	 * @param sessions the sessions
	 * @param random shuffles them, if there is no order
	 */
	Picker(Order order, Collection<? extends S> sessions, Random random) {
		this.idleFirst = order == Order.IDLE_FIRST;
		this.candidates = this.idleFirst ? new PriorityQueue<>() : new ArrayDeque<>();
		List<S> ordered = new ArrayList<>(sessions);
		if (order == Order.OLDEST) {
			ordered.sort((one, other) -> Long.compare(one.openedNanos() - other.openedNanos(), 0));
		}
		else if (order == Order.RANDOM) {
			Collections.shuffle(ordered, random);
		}
		ordered.forEach(this::add);
	}

	/** Adds a session that has opened meanwhile. */
	void add(S session) {
		this.candidates.add(Candidate.of(session));
	}

	/**
	 * Takes the session whose turn is next.
	 * @return the session, or {@code null} if none is left that does not end already
	 */
	@Nullable S next() {
		// Each session goes back at most once, so that this ends also if all are busy.
		for (int checks = this.candidates.size(); !this.candidates.isEmpty(); checks--) {
			Candidate<S> first = this.candidates.remove();
			if (first.session().closing()) {
				continue;
			}
			if (this.idleFirst && checks > 0) {
				Candidate<S> now = Candidate.of(first.session());
				if (now.compareTo(first) > 0) {
					this.candidates.add(now);
					continue;
				}
			}
			return first.session();
		}
		return null;
	}

	/**
	 * A session, and what was seen of it last.
	 *
	 * @param session the session
	 * @param busy whether it was busy
	 * @param silentSince since when its peer was silent
	 */
	private record Candidate<S extends Drainable>(S session, boolean busy,
			long silentSince) implements Comparable<Candidate<S>> {

		static <S extends Drainable> Candidate<S> of(S session) {
			return new Candidate<>(session, session.isBusy(), session.silentSince());
		}

		@Override
		public int compareTo(Candidate<S> other) {
			int first = Boolean.compare(this.busy, other.busy);
			return (first != 0) ? first : Long.compare(this.silentSince - other.silentSince, 0);
		}

	}

}
