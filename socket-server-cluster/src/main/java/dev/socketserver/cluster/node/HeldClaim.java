package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalSession;
import org.jspecify.annotations.Nullable;

/**
 * A session of this node has an identity, or wants it. Changed by tasks of the clock
 * only.
 *
 * <pre>
 *                  granted
 *   CLAIMING ──────────────────▶ GRANTED
 *      │  │  no directory           │
 *      │  └────────▶ LOCAL ─────────┤ granted
 *      │ refused       │ refused    │ unbound, ended, evicted, lost
 *      ▼               ▼            ▼
 *     GONE ◀────────────────────────┘
 * </pre>
 */
final class HeldClaim {

	/** What is known of the claim. */
	private enum State {

		/** Waits for the directory. */
		CLAIMING,

		/** The directory knows the session as an owner. */
		GRANTED,

		/** Decided on this node; to be claimed when the directory is back. */
		LOCAL,

		/** Over. */
		GONE

	}

	private final Identity identity;

	private final LocalSession session;

	private final BindPolicy policy;

	private final CompletableFuture<Boolean> decision = new CompletableFuture<>();

	private final CompletableFuture<@Nullable Void> known = new CompletableFuture<>();

	private volatile State state = State.CLAIMING;

	private volatile long token;

	private volatile boolean newerElsewhere;

	/** When the directory must have answered, by the node's clock. */
	private long deadline;

	/** The token of a younger owner that has evicted a claim still under way. */
	private volatile long evictedBy;

	private volatile @Nullable HeldClaim before;

	/** Whether the directory has asked to wait; commands may be under way, too. */
	private boolean waits;

	private boolean underWay;

	/**
	 * The highest token that this node knew when it was sent: a grant has a higher one.
	 */
	private long sentAfter;

	/** How often it has failed, one time after the other. */
	private int failures;

	/** When it may be tried again, by the node's clock. */
	private long notBefore;

	HeldClaim(Identity identity, LocalSession session, BindPolicy policy, long deadline) {
		this.identity = identity;
		this.session = session;
		this.policy = policy;
		this.deadline = deadline;
	}

	Identity identity() {
		return this.identity;
	}

	LocalSession session() {
		return this.session;
	}

	BindPolicy policy() {
		return this.policy;
	}

	/** What is reported to those who wait for the first decision. */
	CompletableFuture<Boolean> decision() {
		return this.decision;
	}

	/** Completes when the directory has answered, or cannot be waited for. */
	CompletableFuture<@Nullable Void> known() {
		return this.known;
	}

	/** The token of the grant; 0 without one. Any thread. */
	long token() {
		return this.token;
	}

	boolean isClaiming() {
		return this.state == State.CLAIMING;
	}

	boolean isGranted() {
		return this.state == State.GRANTED;
	}

	boolean isLocal() {
		return this.state == State.LOCAL;
	}

	boolean isGone() {
		return this.state == State.GONE;
	}

	/** Whether the session has the identity, as far as this node knows. Any thread. */
	boolean isHeld() {
		return isGranted() || isLocal();
	}

	/**
	 * Returns by which claim the session has the identity, as far as this node knows: by
	 * this one, or while it waits by the one whose place it takes. Any thread.
	 * @return the claim, or {@code null} if the session does not have the identity
	 */
	@Nullable HeldClaim held() {
		State known = this.state;
		if (known == State.GRANTED || known == State.LOCAL) {
			return this;
		}
		HeldClaim former = this.before;
		return (known == State.CLAIMING && former != null && !isEvictedAfter(former.token)) ? former : null;
	}

	/** The directory has granted it. */
	void grant(long token) {
		this.token = token;
		this.state = State.GRANTED;
	}

	/** The directory has it with a higher token. */
	void raise(long token) {
		this.token = token;
	}

	/** This node has decided it. */
	void grantHere() {
		this.state = State.LOCAL;
	}

	void end() {
		this.state = State.GONE;
	}

	/** The claim that should have taken its place is given up. */
	void restore() {
		this.state = (this.token != 0) ? State.GRANTED : State.LOCAL;
	}

	/**
	 * Takes the place of a claim of the same session; of none if that has ended
	 * meanwhile.
	 */
	void replace(@Nullable HeldClaim before) {
		this.before = before;
	}

	/** The claim of the same session that this one takes the place of. */
	@Nullable HeldClaim before() {
		return this.before;
	}

	/**
	 * A command with this claim is under way.
	 * @param highest the highest token that this node knows
	 */
	void sent(long highest) {
		this.underWay = true;
		this.sentAfter = highest;
	}

	void answered() {
		this.underWay = false;
	}

	boolean isUnderWay() {
		return this.underWay;
	}

	/** Whether an entry of the directory is the grant whose answer is under way. */
	boolean isGrantedAs(DirectoryEntry entry) {
		return this.underWay && entry.token() > this.sentAfter;
	}

	/** Returns when the directory must have answered, by the node's clock. */
	long deadline() {
		return this.deadline;
	}

	boolean isLate(long now) {
		return isClaiming() && now - this.deadline >= 0;
	}

	/**
	 * The directory asks to wait.
	 * @param until when it must have answered now
	 * @return whether it has not asked before
	 */
	boolean waitUntil(long until) {
		if (this.waits) {
			return false;
		}
		this.waits = true;
		this.deadline = until;
		return true;
	}

	/** How often it has failed, one time after the other. */
	int failures() {
		return this.failures;
	}

	/** It has failed once more, and may be tried again at a time. */
	void failed(long notBefore) {
		this.failures++;
		this.notBefore = notBefore;
	}

	/** What has failed before does not matter any more. */
	void forgetFailures() {
		this.failures = 0;
	}

	boolean isDue(long now) {
		return this.failures == 0 || now - this.notBefore >= 0;
	}

	/** A claim with a token has removed the entry of this one. */
	void evictedBy(long token) {
		this.evictedBy = Math.max(this.evictedBy, token);
	}

	/**
	 * Whether a claim that was granted after a token has removed the entry of this one.
	 */
	boolean isEvictedAfter(long token) {
		return this.evictedBy > token;
	}

	/** Whether a younger session has the identity, as far as this node knows. */
	boolean isOvertaken() {
		return isEvictedAfter(this.token);
	}

	/**
	 * A younger session of another node has the identity too. That is never taken back:
	 * an answer that does not name the session may be older than it, and a call that does
	 * not ask the directory overtakes those that do.
	 */
	void newerElsewhere() {
		this.newerElsewhere = true;
	}

	/**
	 * Whether a younger session of another node has the identity too, or has had it: the
	 * directory knows. Any thread.
	 */
	boolean isNewerElsewhere() {
		return this.newerElsewhere;
	}

	DirectoryEntry entry(NodeId node) {
		return new DirectoryEntry(this.identity, node, this.session.id(), this.token);
	}

}
