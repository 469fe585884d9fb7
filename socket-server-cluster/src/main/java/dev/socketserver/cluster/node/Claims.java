package dev.socketserver.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.Digest;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalSession;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of this node claim, and how they lose it. Tasks of the clock only,
 * but for {@link #bind}, {@link #release} and {@link #book}.
 */
final class Claims {

	/**
	 * How soon an undecided claim is tried again; twice as late each time that it fails,
	 * at most as late as the lease is renewed.
	 */
	private static final long RETRY_NANOS = 30_000_000;

	private static final int MOST_DOUBLINGS = 16;

	/** How long a bind waits until those that it has replaced were notified. */
	private static final long MOST_EVICTION_NANOS = 500_000_000;

	private final ThisNode node;

	private final ClaimBook book = new ClaimBook();

	/** Of identities that were taken from other sessions: when these were notified. */
	private final Map<Identity, List<Evicting>> evicting = new HashMap<>();

	private final ClaimCommands commands;

	private final NodeRequests requests;

	private final DirectoryAccess access;

	Claims(ThisNode node, ClaimCommands commands, NodeRequests requests, DirectoryAccess access) {
		this.node = node;
		this.commands = commands;
		this.requests = requests;
		this.access = access;
	}

	ClaimBook book() {
		return this.book;
	}

	/**
	 * Claims an identity. Any thread.
	 * @return whether the session has it
	 */
	CompletableFuture<Boolean> bind(Identity identity, LocalSession owner, BindPolicy policy) {
		HeldClaim claim = new HeldClaim(identity, owner, policy,
				this.node.clock().nanoTime() + this.node.timeoutNanos());
		this.node.clock().execute(() -> begin(claim));
		return claim.decision();
	}

	private void begin(HeldClaim claim) {
		if (claim.session().closing()) {
			claim.decision().complete(false);
			return;
		}
		HeldClaim before = this.book.get(claim.identity(), claim.session().id());
		if (before != null && before.isClaiming()) {
			this.node.clock().whenDone(before.decision(), (has, failure) -> begin(claim));
			return;
		}
		if (before != null && claim.policy() != BindPolicy.REPLACE) {
			claim.decision().complete(true);
			return;
		}
		if (claim.policy() == BindPolicy.REJECT) {
			if (isHeldByOthers(claim)) {
				decided(claim, "taken", false);
				return;
			}
			this.book.others(claim).stream().filter(HeldClaim::isHeld).forEach((other) -> {
				release(other);
				other.session().replaced(other.identity(), "session " + claim.session().id());
			});
		}
		if (before != null) {
			claim.replace(before);
			this.book.replace(before, claim);
			// Else each would keep all that were before it.
			before.replace(null);
		}
		else {
			this.book.add(claim);
		}
		if (this.access.isUsable()) {
			submit(claim);
		}
		if (!this.access.mayBeUsable() || this.commands.areFailing()) {
			decideLocally(claim);
			return;
		}
		this.node.clock().scheduleEnd(() -> late(claim), claim.deadline() - this.node.clock().nanoTime());
	}

	/** Whether others of this node have the identity, which are not closing. */
	private boolean isHeldByOthers(HeldClaim claim) {
		return this.book.others(claim).stream().anyMatch((other) -> other.isHeld() && !other.session().closing());
	}

	private void submit(HeldClaim claim) {
		if (claim.session().closing()) {
			// What it wants is free for others, and may be theirs by now.
			giveUp(claim);
			claim.known().complete(null);
			claim.decision().complete(false);
			return;
		}
		claim.sent(this.commands.highest());
		this.commands.claim(new IdentityClaim(claim.identity(), claim.session().id(), claim.policy(), 0),
				(result, failure) -> answered(claim, result));
	}

	private void answered(HeldClaim claim, @Nullable ClaimResult result) {
		claim.answered();
		if (result == null) {
			undecided(claim);
			return;
		}
		switch (result.status()) {
			case GRANTED -> {
				claim.forgetFailures();
				granted(claim, result);
			}
			case TAKEN, LOST -> refused(claim);
			case WAIT -> {
				claim.forgetFailures();
				long now = this.node.clock().nanoTime();
				if (claim.waitUntil(now + this.node.leaseNanos() + this.node.timeoutNanos())) {
					this.node.clock().scheduleEnd(() -> late(claim), claim.deadline() - now);
				}
				retry(claim, RETRY_NANOS);
			}
			case VOID -> undecided(claim);
		}
	}

	/** A claim is undecided, and tried again later each time. */
	private void undecided(HeldClaim claim) {
		this.access.failed();
		if (claim.isGone()) {
			claim.known().complete(null);
			return;
		}
		long delay = Math.min(RETRY_NANOS << Math.min(claim.failures(), MOST_DOUBLINGS), this.node.leaseNanos() / 3);
		claim.failed(this.node.clock().nanoTime() + delay);
		retry(claim, delay);
	}

	private void retry(HeldClaim claim, long delay) {
		this.node.clock().schedule(() -> {
			boolean wanted = claim.isClaiming() || claim.isLocal();
			if (wanted && !claim.isUnderWay() && this.access.isUsable()) {
				submit(claim);
			}
		}, delay);
	}

	private void late(HeldClaim claim) {
		if (claim.isLate(this.node.clock().nanoTime())) {
			decideLocally(claim);
		}
	}

	/** The directory cannot be reached: nothing waits for it any more. */
	void unavailable() {
		for (HeldClaim claim : this.book.all()) {
			if (claim.isClaiming()) {
				decideLocally(claim);
			}
		}
	}

	private void decideLocally(HeldClaim claim) {
		if (!this.node.settings().localWhenUnavailable()
				|| (claim.policy() == BindPolicy.REJECT && isHeldByOthers(claim))) {
			giveUp(claim);
			decided(claim, "unavailable", false);
			return;
		}
		claim.grantHere();
		boolean has = claim.session().granted(claim.identity(), claim.policy(), 0);
		if (!has) {
			this.book.remove(claim);
		}
		else if (claim.policy() == BindPolicy.REPLACE) {
			removeOthers(claim, List.of());
		}
		decided(claim, "local", has);
	}

	private void giveUp(HeldClaim claim) {
		HeldClaim before = claim.before();
		if (before != null && !claim.isEvictedAfter(before.token())) {
			before.restore();
			this.book.replace(claim, before);
			return;
		}
		this.book.remove(claim);
		if (before != null) {
			claim.session().replaced(claim.identity(), "a younger session");
		}
	}

	private void decided(HeldClaim claim, String outcome, boolean has) {
		claim.known().complete(null);
		report(claim, outcome, has);
	}

	private void report(HeldClaim claim, String outcome, boolean has) {
		if (!claim.decision().isDone()) {
			this.node.listener().claimed(outcome);
			claim.decision().complete(has);
		}
	}

	private void refused(HeldClaim claim) {
		if (claim.isLocal()) {
			this.book.remove(claim);
			claim.session().replaced(claim.identity(), "a session that has the identity in the cluster");
		}
		else if (claim.isClaiming()) {
			giveUp(claim);
			decided(claim, "taken", false);
		}
	}

	private void granted(HeldClaim claim, ClaimResult result) {
		if (claim.isGone()) {
			withdraw(claim, result, () -> {
			});
			return;
		}
		if (claim.isEvictedAfter(result.token()) || isOlder(claim, result.token())) {
			// What has taken it was granted later, and has overtaken this.
			claim.session().replaced(claim.identity(), "a younger session");
			withdraw(claim, result, () -> decided(claim, "stale", false));
			return;
		}
		// Before: any thread may look for the session as soon as it is granted.
		noteNewer(claim, result);
		claim.grant(result.token());
		if (!claim.session().granted(claim.identity(), claim.policy(), claim.token())) {
			withdraw(claim, result, () -> decided(claim, "granted", false));
			return;
		}
		if (claim.policy() == BindPolicy.REPLACE) {
			removeOthers(claim, result.evicted());
		}
		notifyOlder(result);
		// It may have been the one of a node that is dead: whoever knows of the grant
		// does not find that node among those that live.
		CompletableFuture<?> known = this.access.nodesKnown();
		evict(claim, result, () -> {
			CompletableFuture<?> unused = known.whenComplete((done, failure) -> decided(claim, "granted", true));
		});
		claim.known().complete(null);
	}

	/**
	 * Gives back what a session was granted too late. Those that it has replaced have
	 * lost the identity all the same, on this node as on others, and no other node
	 * notifies them.
	 * @param notified runs when they were notified
	 */
	private void withdraw(HeldClaim claim, ClaimResult result, Runnable notified) {
		this.book.remove(claim);
		this.commands
			.release(new DirectoryEntry(claim.identity(), this.node.id(), claim.session().id(), result.token()));
		evict(claim, result, notified);
		claim.known().complete(null);
	}

	private boolean isOlder(HeldClaim claim, long token) {
		return this.book.others(claim)
			.stream()
			.anyMatch((other) -> other.isGranted() && other.token() > token && other.policy() != BindPolicy.ALLOW);
	}

	/** Sessions of this node have lost the identity; their owner has seen to them. */
	private void removeOthers(HeldClaim claim, List<DirectoryEntry> evicted) {
		for (HeldClaim other : this.book.others(claim)) {
			if (!other.isHeld()) {
				continue;
			}
			boolean released = other.isGranted();
			DirectoryEntry entry = other.entry(this.node.id());
			this.book.remove(other);
			if (released && evicted.contains(entry)) {
				this.commands.tidy(entry);
			}
			else if (released) {
				this.commands.release(entry);
			}
		}
	}

	/**
	 * Notifies other nodes of what the claim has removed, and sessions of this node that
	 * have the identity still.
	 * @param notified runs when they were notified, and those of earlier claims
	 */
	private void evict(HeldClaim claim, ClaimResult result, Runnable notified) {
		List<CompletableFuture<?>> sent = new ArrayList<>();
		long timeout = Math.min(MOST_EVICTION_NANOS, this.node.timeoutNanos());
		for (DirectoryEntry entry : result.evicted()) {
			if (entry.node().equals(this.node.id())) {
				CompletableFuture<?> own = evicted(entry, result.token(), "session " + claim.session().id());
				if (!own.isDone()) {
					sent.add(own);
				}
			}
			else {
				Fields fields = fields(entry).with(Fields.TOKEN, result.token())
					.with(Fields.EVICTED, entry.token())
					.with(Fields.OPERATION, claim.session().id());
				sent.add(this.requests.send(entry.node(), Message.Kind.EVICT, fields, timeout));
			}
		}
		if (!sent.isEmpty()) {
			Evicting all = new Evicting(result.token(),
					CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)));
			this.evicting.computeIfAbsent(claim.identity(), (identity) -> new ArrayList<>()).add(all);
			this.node.clock().whenDone(all.sent, (done, failure) -> evicted(claim.identity(), all));
		}
		CompletableFuture<?> unused = whenEvicted(claim.identity(), result.token() + 1)
			.whenComplete((done, failure) -> notified.run());
	}

	private void evicted(Identity identity, Evicting all) {
		this.evicting.computeIfPresent(identity, (key, some) -> {
			some.remove(all);
			return some.isEmpty() ? null : some;
		});
	}

	/**
	 * Returns when those were notified that sessions of this node have replaced: a bind
	 * that comes later is not decided before, wherever it is. Only what older tokens have
	 * replaced counts: nodes that replace each other's sessions would wait for each
	 * other.
	 */
	private CompletableFuture<?> whenEvicted(Identity identity, long below) {
		return CompletableFuture.allOf(this.evicting.getOrDefault(identity, List.of())
			.stream()
			.filter((one) -> one.token < below)
			.map(Evicting::sent)
			.toArray(CompletableFuture[]::new));
	}

	private void noteNewer(HeldClaim claim, ClaimResult result) {
		if (elsewhere(result).anyMatch((entry) -> entry.token() > result.token())) {
			claim.newerElsewhere();
		}
	}

	/** Notifies nodes whose sessions have the identity too, and are older. */
	private void notifyOlder(ClaimResult result) {
		elsewhere(result).filter((entry) -> entry.token() <= result.token()).forEach((entry) -> {
			CompletableFuture<?> unused = this.requests.post(entry.node(), Message.Kind.NEWER, fields(entry),
					this.node.timeoutNanos());
		});
	}

	/** Returns what sessions of other nodes have beside a claim. */
	private Stream<DirectoryEntry> elsewhere(ClaimResult result) {
		return result.beside().stream().filter((entry) -> !entry.node().equals(this.node.id()));
	}

	/** Returns the fields that say which session with which identity is meant. */
	static Fields fields(DirectoryEntry entry) {
		Identity identity = entry.identity();
		return new Fields().with(Fields.SERVER, identity.server())
			.with(Fields.TYPE, identity.type())
			.with(Fields.ID, identity.id())
			.with(Fields.SESSION, entry.session());
	}

	/**
	 * A claim has removed an entry of a session of this node, and with it those that this
	 * session had replaced.
	 * @param entry what was removed; without its token if the other node is of an older
	 * version
	 * @param token the token of the claim
	 * @return completes when the session, and those that it has replaced itself, were
	 * notified
	 */
	CompletableFuture<?> evicted(DirectoryEntry entry, long token, String by) {
		this.commands.raiseToken(token);
		HeldClaim claim = removed(entry, token, by);
		CompletableFuture<?> known = (claim != null) ? claim.known() : CompletableFuture.completedFuture(null);
		return known.thenCompose((answered) -> whenEvicted(entry.identity(), token));
	}

	/**
	 * Sessions of this node lose an identity: the one whose entry a claim has removed,
	 * and those of lower tokens, which one of this node has replaced whose grant is still
	 * under way.
	 * @return the claim whose answer shows whom it has replaced elsewhere
	 */
	private @Nullable HeldClaim removed(DirectoryEntry entry, long token, String by) {
		this.book.of(entry.identity())
			.stream()
			.filter((claim) -> claim.isGranted() && claim.token() < token)
			.forEach((claim) -> lose(claim, by));
		HeldClaim claim = this.book.get(entry.identity(), entry.session());
		if (claim == null || claim.token() >= token) {
			return null;
		}
		claim.evictedBy(token);
		if (claim.isGrantedAs(entry)) {
			// The directory has granted it, and the answer can change nothing any more.
			this.book.remove(claim);
			claim.session().replaced(claim.identity(), by);
			report(claim, "stale", false);
		}
		return claim;
	}

	/** A session of another node has an identity too, and is younger. */
	void newerElsewhere(Identity identity, String session) {
		HeldClaim claim = this.book.get(identity, session);
		if (claim != null) {
			claim.newerElsewhere();
			HeldClaim before = claim.before();
			if (before != null) {
				// The session has that until the new one is decided.
				before.newerElsewhere();
			}
		}
	}

	private void lose(HeldClaim claim, String by) {
		DirectoryEntry entry = claim.entry(this.node.id());
		this.book.remove(claim);
		this.commands.tidy(entry);
		claim.session().replaced(claim.identity(), by);
	}

	/** A session has an identity no longer. Any thread. */
	void release(Identity identity, String session) {
		this.node.clock().execute(() -> {
			HeldClaim claim = this.book.get(identity, session);
			if (claim != null) {
				release(claim);
			}
		});
	}

	private void release(HeldClaim claim) {
		if (!claim.isHeld()) {
			// If that fails, the session has nothing all the same.
			claim.replace(null);
			return;
		}
		boolean granted = claim.isGranted();
		DirectoryEntry entry = claim.entry(this.node.id());
		this.book.remove(claim);
		// An answer that was awaited may have given it to the session once more.
		claim.session().released(claim.identity());
		CompletableFuture<?> notified = whenEvicted(claim.identity(), Long.MAX_VALUE);
		if (granted && notified.isDone()) {
			this.commands.release(entry);
		}
		else if (granted) {
			this.node.clock().whenDone(notified, (done, failure) -> this.commands.release(entry));
		}
	}

	/** Returns what the directory should say that this node owns. */
	Digest digest() {
		Digest digest = Digest.EMPTY;
		for (HeldClaim claim : this.book.all()) {
			if (claim.isGranted()) {
				digest = digest.plus(claim.token());
			}
		}
		for (DirectoryEntry entry : this.commands.releasing()) {
			digest = digest.plus(entry.token());
		}
		return digest;
	}

	boolean hasLocal() {
		return this.book.all().stream().anyMatch(HeldClaim::isLocal);
	}

	/** Whether somebody waits for the directory to take a claim. */
	boolean isWaiting() {
		return this.book.all().stream().anyMatch((claim) -> !claim.isGranted());
	}

	/** Claims what was decided locally, unless that has just failed. */
	void claimLocal(HeldClaim claim) {
		boolean due = claim.isDue(this.node.clock().nanoTime());
		if (claim.isLocal() && !claim.isUnderWay() && due) {
			submit(claim);
		}
	}

	/** The directory is back: what waits, or has failed before, may be tried now. */
	void tryAtOnce() {
		for (HeldClaim claim : this.book.all()) {
			claim.forgetFailures();
			if (claim.isClaiming() && !claim.isUnderWay()) {
				submit(claim);
			}
		}
	}

	/** The directory has received a claim again with the token that was sent. */
	void reclaimed(HeldClaim claim, long sent, ClaimResult result) {
		if (!claim.isGranted() || claim.token() != sent) {
			if (claim.isGone() && result.status() == ClaimResult.Status.GRANTED) {
				withdraw(claim, result, () -> {
				});
			}
			return;
		}
		if (result.status() == ClaimResult.Status.LOST) {
			lose(claim, "a younger session");
		}
		else {
			noteNewer(claim, result);
			adopt(claim, result.token());
			notifyOlder(result);
			evict(claim, result, () -> {
			});
		}
	}

	/** The directory has an entry of this node. */
	void listed(DirectoryEntry entry) {
		HeldClaim claim = this.book.get(entry.identity(), entry.session());
		if (claim == null) {
			this.commands.release(entry);
		}
		else if (claim.isGranted() && entry.token() > claim.token()) {
			adopt(claim, entry.token());
		}
	}

	private void adopt(HeldClaim claim, long token) {
		if (token > claim.token()) {
			claim.raise(token);
			claim.session().granted(claim.identity(), BindPolicy.ALLOW, token);
		}
	}

	/**
	 * Sessions that a claim has replaced, of this node or of others.
	 *
	 * @param token the token of the claim
	 * @param sent completes when they were notified
	 */
	private record Evicting(long token, CompletableFuture<?> sent) {

	}

}
