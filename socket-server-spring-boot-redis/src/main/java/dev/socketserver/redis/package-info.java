/**
 * The directory and the bus of a cluster on Redis: scripts, each of which decides one
 * thing in one step, and a channel for each node. Uses connections of its own, derived
 * from the application's Redis configuration, and of this project the rooms of clusters,
 * most of all {@code directory}.
 */
@NullMarked
package dev.socketserver.redis;

import org.jspecify.annotations.NullMarked;
