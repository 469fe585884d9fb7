/**
 * Where user code runs: the lane, which runs the tasks of one session serially, what
 * finds it a thread, and futures that refuse to block an I/O thread. Depends on {@code
 * log} and {@code memory}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.lane;

import org.jspecify.annotations.NullMarked;
