/**
 * How a cluster and a node meet: what makes the node a member, and what it shows of
 * itself and of its sessions. For modules of this project, not for applications. Uses the
 * root package and the types of {@code cluster}; knows neither directories nor sockets.
 */
@NullMarked
package dev.socketserver.cluster.spi;

import org.jspecify.annotations.NullMarked;
