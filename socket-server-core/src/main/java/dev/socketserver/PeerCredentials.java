package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * Who the process at the other end of a Unix socket was when it connected, as the kernel
 * says.
 *
 * @param pid the id of the process; -1 where the platform does not report it, and for one
 * of another container
 * @param uid the id of its user; -1 where only a name is known
 * @param gid the id of its primary group; -1 where only a name is known
 * @param user the name of the user, or {@code null} if this machine knows none
 */
public record PeerCredentials(int pid, int uid, int gid, @Nullable String user) {

}
