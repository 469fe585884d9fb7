package dev.socketserver.cluster;

/**
 * A session of any node that has an identity.
 *
 * @param node the name of its node
 * @param id its id on that node
 * @param server the name of its server
 * @param token the fencing token of its claim to the identity
 */
public record ClusterSession(String node, String id, String server, long token) {

}
