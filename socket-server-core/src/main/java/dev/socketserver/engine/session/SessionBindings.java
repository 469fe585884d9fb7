package dev.socketserver.engine.session;

import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Which identities the sessions of a server are bound to, and which groups they have
 * joined. It keeps nothing for an identity that no session has, for an empty group, or
 * for a session that has neither.
 * <p>
 * Which session has an identity is decided in one atomic step on the entry of that
 * identity. What a session {@linkplain Memberships has} is kept with the session too,
 * under the session's monitor, so that its end finds it. Every change of an entry on
 * behalf of a session is made under that monitor, and so is the end: a session that has
 * ended is in no entry. A thread holds only one such monitor at a time, so that no two
 * can wait for each other.
 */
final class SessionBindings<S extends Bindable> {

	/** The sessions of an identity, the oldest first. The lists are never changed. */
	private final ConcurrentMap<Identity, List<S>> identities = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, Set<S>> groups = new ConcurrentHashMap<>();

	private final @Nullable IdentityClaims<S> claims;

	private final BiConsumer<S, Identity> listener;

	/** The last token that was given without them. */
	private final AtomicLong lastToken = new AtomicLong();

	/**
	 * Creates the object.
	 * @param claims decides with other nodes; absent where there is one
	 * @param listener is notified of each identity that a session has got
	 */
	SessionBindings(@Nullable IdentityClaims<S> claims, BiConsumer<S, Identity> listener) {
		this.claims = claims;
		this.listener = listener;
	}

	/**
	 * Gives a session an identity.
	 * @return whether it has it now
	 */
	boolean bind(S session, Identity identity, BindPolicy policy) {
		if (this.claims != null) {
			return this.claims.bind(session, identity.type(), identity.id(), policy);
		}
		Instant now = Instant.now();
		long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
		return bindHere(session, identity, policy, this.lastToken.updateAndGet((last) -> Math.max(last + 1, micros)));
	}

	/**
	 * Gives a session an identity, as far as those of this node are concerned.
	 * @param token the token, or 0 if there is none yet
	 * @return whether it has it now
	 */
	boolean bindHere(S session, Identity identity, BindPolicy policy, long token) {
		List<S> replaced = new ArrayList<>(0);
		synchronized (session) {
			if (session.closing() || has(session).replaced || !change(session, identity, policy, replaced)) {
				return false;
			}
			Map<Identity, Long> has = memberships(session).identities;
			if (this.claims != null || policy == BindPolicy.REPLACE || !has.containsKey(identity)) {
				has.put(identity, token);
			}
		}
		for (S older : replaced) {
			if (forget(older, identity)) {
				older.replaced(identity.type(), identity.id(), "session " + session.id(), session.remoteAddress());
			}
		}
		this.listener.accept(session, identity);
		return true;
	}

	/**
	 * Takes an identity from a session.
	 * @return whether it had it
	 */
	boolean unbind(S session, Identity identity) {
		boolean had = unbindHere(session, identity);
		if (had && this.claims != null) {
			this.claims.release(session, identity.type(), identity.id());
		}
		return had;
	}

	/** Takes an identity from a session, without notifying other nodes. */
	boolean unbindHere(S session, Identity identity) {
		synchronized (session) {
			boolean had = bound(identity).contains(session);
			if (has(session).identities.remove(identity) != null) {
				remove(session, identity);
			}
			return had;
		}
	}

	/** Returns the token of a session's identity, or 0. */
	long token(S session, Identity identity) {
		synchronized (session) {
			return has(session).identities.getOrDefault(identity, 0L);
		}
	}

	/**
	 * Returns whether the session has the identity now. One that only closing sessions
	 * have is free.
	 */
	private boolean change(S session, Identity identity, BindPolicy policy, List<S> replaced) {
		List<S> owners = this.identities.compute(identity, (key, before) -> {
			if (before == null) {
				return List.of(session);
			}
			if (policy == BindPolicy.REPLACE
					|| (policy == BindPolicy.REJECT && before.stream().allMatch(Bindable::closing))) {
				replaced.addAll(before);
				replaced.remove(session);
				return replaced.isEmpty() ? before : List.of(session);
			}
			return (policy == BindPolicy.ALLOW && !before.contains(session)) ? with(before, session) : before;
		});
		return owners.contains(session);
	}

	/**
	 * Takes an identity from a session because another one has taken it over.
	 * @return whether it has lost the identity, and gets none any more, since it is about
	 * to be closed; {@code false} if it has taken it back since then
	 */
	boolean forget(S session, Identity identity) {
		synchronized (session) {
			boolean lost = !bound(identity).contains(session);
			Memberships memberships = session.memberships();
			if (lost && memberships != null) {
				memberships.identities.remove(identity);
				memberships.replaced = true;
			}
			return lost;
		}
	}

	/** Adds a session to a group, unless it is closing. */
	void join(S session, String group) {
		synchronized (session) {
			if (!session.closing() && memberships(session).groups.add(group)) {
				this.groups.compute(group, (name, before) -> {
					Set<S> members = (before != null) ? before : ConcurrentHashMap.newKeySet();
					members.add(session);
					return members;
				});
			}
		}
	}

	/** Takes a session out of a group. */
	void leave(S session, String group) {
		synchronized (session) {
			if (has(session).groups.remove(group)) {
				remove(session, group);
			}
		}
	}

	private void remove(S session, String group) {
		this.groups.computeIfPresent(group, (name, members) -> {
			members.remove(session);
			return members.isEmpty() ? null : members;
		});
	}

	private void remove(S session, Identity identity) {
		this.identities.computeIfPresent(identity, (key, owners) -> {
			List<S> others = owners.stream().filter((owner) -> owner != session).toList();
			return others.isEmpty() ? null : others;
		});
	}

	/**
	 * Takes from a session everything it has. It is closing, so that nothing is added
	 * after that.
	 */
	void end(S session) {
		Memberships memberships;
		synchronized (session) {
			memberships = session.memberships();
			if (memberships == null) {
				return;
			}
			session.memberships(memberships.afterTheEnd());
			memberships.identities.keySet().forEach((identity) -> remove(session, identity));
			memberships.groups.forEach((group) -> remove(session, group));
		}
		if (this.claims != null) {
			for (Identity identity : memberships.identities.keySet()) {
				this.claims.release(session, identity.type(), identity.id());
			}
		}
	}

	/** Says who the peer of a session is. */
	static void authenticate(Bindable session, Principal principal) {
		synchronized (session) {
			memberships(session).principal = principal;
		}
	}

	/** Whether a session has no identity, and no principal says who its peer is. */
	static boolean isStranger(Bindable session) {
		synchronized (session) {
			Memberships has = has(session);
			return has.principal == null && has.identities.isEmpty();
		}
	}

	/** Whether a session has an identity. */
	static boolean isBound(Bindable session) {
		synchronized (session) {
			return !has(session).identities.isEmpty();
		}
	}

	/** Returns who the peer of a session is, if the application has said so. */
	static @Nullable Principal principal(Bindable session) {
		synchronized (session) {
			return has(session).principal;
		}
	}

	/** Returns the sessions of an identity, the oldest first. */
	List<S> bound(Identity identity) {
		return this.identities.getOrDefault(identity, List.of());
	}

	/** Returns the sessions of a group; weakly consistent. */
	Stream<S> group(String name) {
		Set<S> members = this.groups.get(name);
		return (members != null) ? members.stream() : Stream.empty();
	}

	/** Whether nothing is kept for any session. */
	boolean isEmpty() {
		return this.identities.isEmpty() && this.groups.isEmpty();
	}

	/** Returns what a session has, for a look. With its monitor. */
	static Memberships has(Bindable session) {
		Memberships memberships = session.memberships();
		return (memberships != null) ? memberships : Memberships.NONE;
	}

	private static Memberships memberships(Bindable session) {
		Memberships memberships = session.memberships();
		if (memberships == null) {
			memberships = new Memberships();
			session.memberships(memberships);
		}
		return memberships;
	}

	private List<S> with(List<S> owners, S session) {
		int index = owners.size();
		while (index > 0 && owners.get(index - 1).number() > session.number()) {
			index--;
		}
		List<S> more = new ArrayList<>(owners);
		more.add(index, session);
		return List.copyOf(more);
	}

	/**
	 * Under what a session can be found.
	 *
	 * @param type what kind of identity
	 * @param id which one
	 */
	record Identity(String type, String id) {

		Identity {
			Objects.requireNonNull(type, "type");
			Objects.requireNonNull(id, "id");
		}

	}

	/**
	 * What one session has; made when it first has something, so that others pay nothing
	 * for it. Guarded by the session's monitor.
	 */
	static final class Memberships {

		/** What most sessions have. Nothing is ever added to it. */
		private static final Memberships NONE = new Memberships();

		/** Each with its token; 0 if it has none yet. */
		private final Map<Identity, Long> identities = new LinkedHashMap<>(2);

		private final Set<String> groups = new LinkedHashSet<>(2);

		private @Nullable Principal principal;

		/** It has lost an identity to another session, and is about to be closed. */
		private boolean replaced;

		/** Returns what a session still has when it is in no entry any more. */
		private @Nullable Memberships afterTheEnd() {
			if (this.principal == null) {
				return null;
			}
			Memberships memberships = new Memberships();
			memberships.principal = this.principal;
			return memberships;
		}

		/** Returns a copy of the identities, the ids by their types. */
		Map<String, List<String>> bound() {
			Map<String, List<String>> bound = new LinkedHashMap<>();
			for (Identity identity : this.identities.keySet()) {
				bound.computeIfAbsent(identity.type(), (type) -> new ArrayList<>(1)).add(identity.id());
			}
			return bound;
		}

		/** Returns a copy of the groups. */
		List<String> groups() {
			return List.copyOf(this.groups);
		}

	}

}
