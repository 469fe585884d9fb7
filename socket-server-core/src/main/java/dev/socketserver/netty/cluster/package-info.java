/**
 * Joins the servers of an application to a cluster: sessions as claims see them, the
 * thread and the clock of a node, and {@code SocketCluster} for applications, with a
 * directory or, where there is none, with one node.
 */
@NullMarked
package dev.socketserver.netty.cluster;

import org.jspecify.annotations.NullMarked;
