package dev.socketserver.cluster.directory;

/**
 * A short description of a set of tokens: two sets with equal digests are taken to be
 * equal.
 *
 * @param count how many
 * @param sum their sum, modulo 2^50
 */
public record Digest(long count, long sum) {

	/** Of nothing. */
	public static final Digest EMPTY = new Digest(0, 0);

	private static final long MASK = (1L << 50) - 1;

	/**
	 * Returns the digest with one more token.
	 * @param token the token
	 * @return the digest
	 */
	public Digest plus(long token) {
		return new Digest(this.count + 1, (this.sum + token) & MASK);
	}

	/**
	 * Returns the digest with one token less.
	 * @param token the token
	 * @return the digest
	 */
	public Digest minus(long token) {
		return new Digest(this.count - 1, (this.sum - token) & MASK);
	}

	/**
	 * Returns in what this digest differs from another.
	 * @param other the other
	 * @return the difference, which is {@link #EMPTY} if they are equal
	 */
	public Digest differenceTo(Digest other) {
		return new Digest(this.count - other.count, (this.sum - other.sum) & MASK);
	}

}
