package dev.socketserver.admission;

import java.util.HashSet;
import java.util.Set;

import dev.socketserver.PeerCredentials;
import dev.socketserver.RejectReason;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.ListenOn;
import org.jspecify.annotations.Nullable;

/**
 * Whose processes may connect by a Unix socket. Safe for use by several threads.
 */
public final class AllowedPeers {

	private final Set<String> users;

	private final Set<String> groups;

	private final Accounts accounts = new Accounts();

	private AllowedPeers(DomainSocket socket) {
		this.users = new HashSet<>(socket.allowUsers());
		this.groups = new HashSet<>(socket.allowGroups());
	}

	/**
	 * Returns who is allowed.
	 * @param listenOn where the server listens
	 * @return who is allowed, or {@code null} if everybody is
	 */
	public static @Nullable AllowedPeers of(ListenOn listenOn) {
		return (listenOn.own() instanceof DomainSocket socket && socket.limitsPeers()) ? new AllowedPeers(socket)
				: null;
	}

	/**
	 * Returns why a peer is refused.
	 * @param peer the peer, or {@code null} if it is not known
	 * @return the refusal, or {@code null}
	 */
	public @Nullable Refusal refusal(@Nullable PeerCredentials peer) {
		if (peer == null) {
			return new Refusal(RejectReason.DENIED, "the system does not tell its user");
		}
		boolean user = contains(this.users, peer.uid(), peer.user());
		if (user || contains(this.groups, peer.gid(), this.accounts.group(peer.gid(), peer.pid()))) {
			return null;
		}
		return new Refusal(RejectReason.DENIED,
				"user %s of group %s is not in domain-socket.allow-users or allow-groups"
					.formatted((peer.user() != null) ? peer.user() : peer.uid(), peer.gid()));
	}

	private static boolean contains(Set<String> allowed, int id, @Nullable String name) {
		return (id >= 0 && allowed.contains(Integer.toString(id))) || (name != null && allowed.contains(name));
	}

}
