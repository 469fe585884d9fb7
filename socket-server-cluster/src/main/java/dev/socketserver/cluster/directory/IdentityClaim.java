package dev.socketserver.cluster.directory;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.spi.Identity;

/**
 * A session of the calling node wants an identity, or says again that it has it.
 *
 * @param identity the identity
 * @param session the id of the session
 * @param policy what happens if another session has it
 * @param token 0 for a claim; the token of an earlier claim that is sent again
 */
public record IdentityClaim(Identity identity, String session, BindPolicy policy, long token) {

	/**
	 * Whether others cannot have the identity beside an older owner of this kind.
	 * @return {@code true} but for {@link BindPolicy#ALLOW}
	 */
	public boolean exclusive() {
		return this.policy != BindPolicy.ALLOW;
	}

}
