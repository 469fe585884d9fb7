/**
 * Brings the lanes of sessions to the threads that run handlers: virtual threads, a pool,
 * an executor of the application, or the event loop itself. Uses {@code threads}.
 */
@NullMarked
package dev.socketserver.netty.execution;

import org.jspecify.annotations.NullMarked;
