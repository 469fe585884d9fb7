package dev.socketserver.cluster.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

import dev.socketserver.cluster.spi.Identity;
import org.jspecify.annotations.Nullable;

/**
 * The claims of this node, by what they are for. Written by tasks of the clock, read by
 * any thread. It is the only list of them: what is bound is what is sent again.
 */
final class ClaimBook {

	private static final HeldClaim[] NONE = new HeldClaim[0];

	/** The claims of a name over all servers. The arrays are never changed. */
	private final ConcurrentMap<Name, HeldClaim[]> claims = new ConcurrentHashMap<>();

	void add(HeldClaim claim) {
		this.claims.compute(Name.of(claim.identity()), (name, before) -> {
			if (before == null) {
				return new HeldClaim[] { claim };
			}
			HeldClaim[] more = Arrays.copyOf(before, before.length + 1);
			more[before.length] = claim;
			return more;
		});
	}

	void remove(HeldClaim claim) {
		claim.end();
		this.claims.computeIfPresent(Name.of(claim.identity()), (name, before) -> {
			HeldClaim[] left = Arrays.stream(before).filter((other) -> other != claim).toArray(HeldClaim[]::new);
			return (left.length == 0) ? null : left;
		});
	}

	/**
	 * Adds a claim in place of another one of its session, which is over: who looks for
	 * the session always finds one of them. It is the last, since claims are in the order
	 * in which they were made.
	 */
	void replace(HeldClaim before, HeldClaim claim) {
		this.claims.computeIfPresent(Name.of(claim.identity()),
				(name, all) -> Stream.concat(Arrays.stream(all).filter((one) -> one != before), Stream.of(claim))
					.toArray(HeldClaim[]::new));
		before.end();
	}

	/** Returns the claim of a session, if it has or wants the identity. */
	@Nullable HeldClaim get(Identity identity, String session) {
		for (HeldClaim claim : named(Name.of(identity))) {
			if (claim.identity().equals(identity) && claim.session().id().equals(session)) {
				return claim;
			}
		}
		return null;
	}

	/** Returns the claims of the sessions of this node to an identity. */
	List<HeldClaim> of(Identity identity) {
		List<HeldClaim> all = new ArrayList<>(1);
		for (HeldClaim claim : named(Name.of(identity))) {
			if (claim.identity().equals(identity)) {
				all.add(claim);
			}
		}
		return all;
	}

	/** Returns the claims of other sessions of this node to the same identity. */
	List<HeldClaim> others(HeldClaim than) {
		List<HeldClaim> others = of(than.identity());
		others.remove(than);
		return others;
	}

	/**
	 * Returns the claim of the newest session of this node that has an identity, on any
	 * server, and is not settled. Those that wait for the directory are the newest.
	 */
	@Nullable HeldClaim newest(String type, String id) {
		Name name = new Name(type, id);
		HeldClaim[] all = named(name);
		while (true) {
			HeldClaim newest = newest(all);
			HeldClaim[] next = named(name);
			if (next == all) {
				return newest;
			}
			// One that was seen may have ended since another has its place.
			all = next;
		}
	}

	private static @Nullable HeldClaim newest(HeldClaim[] all) {
		HeldClaim newest = null;
		for (HeldClaim claim : all) {
			HeldClaim held = claim.held();
			if (held != null && !held.session().settled() && (newest == null || rank(held) >= rank(newest))) {
				newest = held;
			}
		}
		return newest;
	}

	private static long rank(HeldClaim claim) {
		return (claim.token() != 0) ? claim.token() : Long.MAX_VALUE;
	}

	private HeldClaim[] named(Name name) {
		HeldClaim[] found = this.claims.get(name);
		return (found != null) ? found : NONE;
	}

	/** Returns all claims. */
	List<HeldClaim> all() {
		List<HeldClaim> all = new ArrayList<>();
		this.claims.values().forEach((some) -> all.addAll(List.of(some)));
		return all;
	}

	/**
	 * An identity over all servers.
	 *
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	private record Name(String type, String id) {

		static Name of(Identity identity) {
			return new Name(identity.type(), identity.id());
		}

	}

}
