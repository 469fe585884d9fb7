/**
 * How a cluster and a node meet: what makes the node a member, and what it shows of
 * itself and of its sessions. For modules of this project, not for applications. Uses the
 * root package and the types of {@code cluster}. Of the directory it knows only whether
 * it can be reached, and of sockets nothing.
 */
@NullMarked
package dev.socketserver.cluster.spi;

import org.jspecify.annotations.NullMarked;
