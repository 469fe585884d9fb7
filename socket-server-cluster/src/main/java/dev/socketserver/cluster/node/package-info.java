/**
 * A node's part in a cluster: its lease ({@code Membership}), what its sessions have
 * claimed ({@code Claims}), what it asks of other nodes ({@code Requests}) and what they
 * ask of it ({@code Incoming}). Knows sessions as {@code LocalSession} and the node as
 * {@code LocalNode} only, and takes its time from a {@code ClusterClock}. What changes
 * state runs as tasks of the clock, one after the other. Depends on {@code directory} and
 * {@code message}.
 */
@NullMarked
package dev.socketserver.cluster.node;

import org.jspecify.annotations.NullMarked;
