/**
 * The memory that all sessions may hold together: the budget, the part of each session,
 * and the guard that restrains or aborts sessions when memory is scarce. Depends on
 * {@code log}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.memory;

import org.jspecify.annotations.NullMarked;
