/**
 * Devices that are connected to any node of a cluster, and are sent something over HTTP
 * at any other. With the profile {@code cluster}, and a Redis.
 */
@NullMarked
package dev.socketserver.demo.cluster;

import org.jspecify.annotations.NullMarked;
