/**
 * Calls handlers that block, streams and conversations: once, on a thread of their own,
 * which waits for input and for room in the output. Depends on {@code handlers} and what
 * that depends on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.blocking;

import org.jspecify.annotations.NullMarked;
