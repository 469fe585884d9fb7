/**
 * A node's part in a cluster: its lease ({@code Membership}), what its sessions have
 * claimed ({@code Claims}), what it asks of other nodes ({@code Requests}) and what they
 * ask of it ({@code Incoming}). Knows sessions as {@code LocalSession} and {@code
 * LocalNode} only, takes its time from a {@code ClusterClock}, and reaches the directory
 * and the bus by the interfaces of {@code cluster.spi}. What changes state runs as tasks
 * of the clock, one after the other. Depends on {@code log}.
 */
@NullMarked
package dev.socketserver.engine.cluster;

import org.jspecify.annotations.NullMarked;
