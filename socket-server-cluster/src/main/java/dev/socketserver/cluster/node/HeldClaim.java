package dev.socketserver.cluster.node;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.directory.Entry;
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
	enum State {

		/** Waits for the directory. */
		CLAIMING,

		/** The directory knows the session as an owner. */
		GRANTED,

		/** Decided on this node; to be claimed when the directory is back. */
		LOCAL,

		/** Over. */
		GONE

	}

	final Identity identity;

	final LocalSession owner;

	/** What is reported to those who wait for the first decision. */
	final CompletableFuture<Boolean> decision = new CompletableFuture<>();

	/** Completes when the directory has answered, or cannot be waited for. */
	final CompletableFuture<@Nullable Void> known = new CompletableFuture<>();

	/** When the directory must have answered, by the node's clock. */
	long deadline;

	BindPolicy policy;

	volatile State state = State.CLAIMING;

	volatile long token;

	/** A younger session of another node has the identity too. */
	volatile boolean newerElsewhere;

	/** The token of a younger owner that has evicted a claim still under way. */
	long evictedBy;

	/** The claim of the same session that this one takes the place of. */
	@Nullable HeldClaim before;

	/** Whether the directory has asked to wait; commands may be under way, too. */
	boolean waits;

	/** Whether a command with this claim is under way. */
	boolean underWay;

	/** The highest token that this node knew when it was: a grant has a higher one. */
	long sentAfter;

	/** How often it has failed, one time after the other. */
	int failures;

	/** When it may be tried again, by the node's clock. */
	long notBefore;

	HeldClaim(Identity identity, LocalSession owner, BindPolicy policy, long deadline) {
		this.identity = identity;
		this.owner = owner;
		this.policy = policy;
		this.deadline = deadline;
	}

	boolean isHeld() {
		return this.state == State.GRANTED || this.state == State.LOCAL;
	}

	/** Whether a younger session has the identity, as far as this node knows. */
	boolean isOvertaken() {
		return this.evictedBy > this.token;
	}

	Entry entry(NodeId node) {
		return new Entry(this.identity, node, this.owner.id(), this.token);
	}

}
