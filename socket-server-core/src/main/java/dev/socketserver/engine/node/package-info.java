/**
 * This node, as applications see it: {@code SocketCluster} with one node, or with others
 * by what implements {@code cluster.spi}; and its sessions, as other nodes see them.
 * Which nodes there are, and who owns what, is not decided here. Depends on
 * {@code drain}, {@code lane}, {@code server} and {@code session}, and on what these
 * depend on.
 */
@NullMarked
package dev.socketserver.engine.node;

import org.jspecify.annotations.NullMarked;
