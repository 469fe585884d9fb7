/**
 * Micrometer meters of servers and clients.
 */
@NullMarked
package dev.socketserver.metrics;

import org.jspecify.annotations.NullMarked;
