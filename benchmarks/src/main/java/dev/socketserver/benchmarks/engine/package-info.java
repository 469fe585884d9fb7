/**
 * Benchmarks of parts of a session, without a socket.
 */
@NullMarked
package dev.socketserver.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
