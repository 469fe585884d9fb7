package dev.socketserver.cluster.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.OwnedPage;
import org.jspecify.annotations.Nullable;

/**
 * Brings the directory and the claims of this node together, once: releases what the
 * directory has beyond them, which could refuse one of them, and then sends all claims
 * again, with their tokens. Tasks of the clock only.
 */
final class Reconciliation {

	/** How many claims are sent before the answers are waited for. */
	private static final int WINDOW = 1024;

	private final ThisNode node;

	private final ClusterDirectory directory;

	private final ClaimCommands commands;

	private final Claims claims;

	private final Consumer<Boolean> done;

	private final Deque<HeldClaim> left = new ArrayDeque<>();

	private int underWay;

	private boolean failed;

	/**
	 * Creates one.
	 * @param done is notified at the end whether all claims were sent
	 */
	Reconciliation(ThisNode node, ClusterDirectory directory, ClaimCommands commands, Claims claims,
			Consumer<Boolean> done) {
		this.node = node;
		this.directory = directory;
		this.commands = commands;
		this.claims = claims;
		this.done = done;
	}

	void run() {
		list("");
	}

	private void sendSome() {
		while (this.underWay < WINDOW && !this.left.isEmpty()) {
			send(this.left.remove());
		}
		if (this.underWay == 0) {
			this.done.accept(!this.failed);
		}
	}

	private void send(HeldClaim claim) {
		if (claim.isGranted()) {
			long token = claim.token();
			this.underWay++;
			this.commands.claim(new IdentityClaim(claim.identity(), claim.session().id(), claim.policy(), token),
					(result, failure) -> answered(claim, token, result));
		}
		else {
			this.claims.claimLocal(claim);
		}
	}

	private void answered(HeldClaim claim, long token, @Nullable ClaimResult result) {
		this.underWay--;
		if (result == null || result.status() == ClaimResult.Status.VOID) {
			this.failed = true;
			this.left.clear();
		}
		else {
			this.claims.reclaimed(claim, token, result);
		}
		if (this.underWay == 0) {
			sendSome();
		}
	}

	private void list(String from) {
		this.node.clock().whenDone(this.directory.owned(this.node.id(), from), (page, failure) -> listed(page));
	}

	private void listed(@Nullable OwnedPage page) {
		if (page == null) {
			this.done.accept(false);
			return;
		}
		page.entries().forEach(this.claims::listed);
		if (page.next().isEmpty()) {
			this.left.addAll(this.claims.book().all());
			sendSome();
		}
		else {
			list(page.next());
		}
	}

}
