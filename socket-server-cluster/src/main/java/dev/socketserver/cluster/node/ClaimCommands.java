package dev.socketserver.cluster.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.IdentityClaimer;
import org.jspecify.annotations.Nullable;

/**
 * Gives claims and releases to the directory, in order, and many with one command. Tasks
 * of the clock only.
 */
final class ClaimCommands {

	private static final int MOST_PER_COMMAND = 128;

	private final ThisNode node;

	private final Directory directory;

	private final Deque<Step> steps = new ArrayDeque<>();

	/** Released, as far as this node knows, but not confirmed. */
	private final Set<DirectoryEntry> releasing = new LinkedHashSet<>();

	private long highest;

	private boolean doubtful;

	ClaimCommands(ThisNode node, Directory directory) {
		this.node = node;
		this.directory = directory;
	}

	/** Claims; what is reported of the outcome runs as a task of the clock. */
	void claim(IdentityClaim claim, BiConsumer<@Nullable ClaimResult, @Nullable Throwable> then) {
		add(new Step(claim, then, null));
	}

	/** Releases an entry that the directory is taken to have. */
	void release(DirectoryEntry entry) {
		this.releasing.add(entry);
		add(new Step(null, null, entry));
	}

	/** Removes what is left of an entry that another claim has removed. */
	void tidy(DirectoryEntry entry) {
		add(new Step(null, null, entry));
	}

	private void add(Step step) {
		if (this.steps.isEmpty()) {
			this.node.clock().execute(this::flush);
		}
		this.steps.add(step);
	}

	private void flush() {
		List<Step> batch = new ArrayList<>();
		while (!this.steps.isEmpty()) {
			Step step = this.steps.remove();
			if (!batch.isEmpty()
					&& (batch.size() == MOST_PER_COMMAND || (batch.get(0).claim == null) != (step.claim == null))) {
				give(batch);
				batch = new ArrayList<>();
			}
			batch.add(step);
		}
		if (!batch.isEmpty()) {
			give(batch);
		}
	}

	private void give(List<Step> batch) {
		if (batch.get(0).claim == null) {
			List<DirectoryEntry> entries = new ArrayList<>();
			batch.forEach((step) -> entries.add(step.released()));
			this.node.clock()
				.whenDone(this.directory.commands().release(this.node.id(), entries),
						(done, failure) -> released(entries, failure));
			return;
		}
		List<IdentityClaim> claims = new ArrayList<>();
		batch.forEach((step) -> claims.add(step.claimed()));
		long deadline = this.directory.time().getAsLong() + this.node.timeoutNanos() / 1_000;
		this.node.clock()
			.whenDone(
					this.directory.commands()
						.claim(new IdentityClaimer(this.node.id(), deadline, this.highest), claims),
					(results, failure) -> claimed(batch, results, failure));
	}

	private void released(Collection<DirectoryEntry> entries, @Nullable Throwable failure) {
		this.releasing.removeAll(Set.copyOf(entries));
		this.doubtful |= failure != null;
	}

	private void claimed(List<Step> batch, @Nullable List<ClaimResult> results, @Nullable Throwable failure) {
		if (failure != null) {
			this.doubtful = true;
			this.directory.status().claimsFailed(failure);
		}
		else {
			this.directory.status().claimsTaken();
		}
		for (int i = 0; i < batch.size(); i++) {
			ClaimResult result = (results != null) ? results.get(i) : null;
			if (result != null) {
				this.highest = Math.max(this.highest, result.token());
			}
			batch.get(i).answered().accept(result, failure);
		}
	}

	/**
	 * Whether claims have failed for some time, although the directory can be reached.
	 */
	boolean areFailing() {
		return this.directory.status().isRefusing();
	}

	/** Returns what is released but not confirmed. */
	Collection<DirectoryEntry> releasing() {
		return this.releasing;
	}

	/** The highest token this node knows. */
	long highest() {
		return this.highest;
	}

	void raiseToken(long token) {
		this.highest = Math.max(this.highest, token);
	}

	/**
	 * Whether a command has failed since this was asked last, so that it is unknown
	 * whether it had its effect.
	 */
	boolean wasDoubtful() {
		boolean was = this.doubtful;
		this.doubtful = false;
		return was;
	}

	/**
	 * A claim or a release.
	 *
	 * @param claim the claim
	 * @param then is notified of its outcome
	 * @param entry what is released
	 */
	private record Step(@Nullable IdentityClaim claim,
			@Nullable BiConsumer<@Nullable ClaimResult, @Nullable Throwable> then, @Nullable DirectoryEntry entry) {

		IdentityClaim claimed() {
			return Objects.requireNonNull(this.claim);
		}

		BiConsumer<@Nullable ClaimResult, @Nullable Throwable> answered() {
			return Objects.requireNonNull(this.then);
		}

		DirectoryEntry released() {
			return Objects.requireNonNull(this.entry);
		}

	}

}
