package dev.socketserver.cluster.directory;

import dev.socketserver.cluster.spi.Identity;

/**
 * A row of the directory: a session has an identity.
 *
 * @param identity the identity
 * @param node the node that has the session
 * @param session the id of the session
 * @param token the token of the claim
 */
public record DirectoryEntry(Identity identity, NodeId node, String session, long token) {

}
