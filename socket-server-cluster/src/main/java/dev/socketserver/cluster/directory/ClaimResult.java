package dev.socketserver.cluster.directory;

import java.util.List;

/**
 * What became of a claim.
 *
 * @param status the outcome
 * @param token the token of the claim if it was granted, that of the owner if it was lost
 * @param evicted the entries of others that it has removed
 * @param beside the entries that others, of any server, still have
 */
public record ClaimResult(Status status, long token, List<DirectoryEntry> evicted, List<DirectoryEntry> beside) {

	/**
	 * Creates a result without entries.
	 * @param status the outcome
	 * @return the result
	 */
	public static ClaimResult of(Status status) {
		return new ClaimResult(status, 0, List.of(), List.of());
	}

	/** The outcome of a claim. */
	public enum Status {

		/** The session has the identity. */
		GRANTED,

		/** Another session has it, and the policy is to leave it there. */
		TAKEN,

		/**
		 * It is unknown yet: the directory was lost, and not all nodes have sent their
		 * claims again.
		 */
		WAIT,

		/** A claim that was sent again: a session with a higher token has it. */
		LOST,

		/** The node has no lease, or its claim arrived after the deadline. */
		VOID

	}

}
