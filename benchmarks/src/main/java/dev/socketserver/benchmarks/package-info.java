/**
 * Compares what a message costs our server and others, all alive at once and visited in
 * turn.
 */
@NullMarked
package dev.socketserver.benchmarks;

import org.jspecify.annotations.NullMarked;
