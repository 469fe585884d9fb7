/**
 * A node's part in a cluster: its lease ({@code Membership}), what its sessions have
 * claimed ({@code Claims}), and what other nodes ask of it ({@code Incoming}). It asks
 * them by {@code NodeRequests}. Knows sessions as {@code LocalSession} and the node as
 * {@code LocalNode} only, and takes its time from a {@code ClusterClock}. What changes
 * state runs as tasks of the clock, one after the other. Depends on {@code directory} and
 * {@code message}.
 */
@NullMarked
package dev.socketserver.cluster.node;

import org.jspecify.annotations.NullMarked;
