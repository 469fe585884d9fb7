/**
 * What waits: entries in order and how much they are ({@code Waiting}), within
 * {@code Bounds}; what is charged for them ({@code Charge}); who waits for room
 * ({@code Room}); and what happens to what does not fit ({@code Overflow}). No thread and
 * no lock: each object is guarded by its owner, if not stated otherwise. Depends on
 * {@code lane} and {@code memory}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.waiting;

import org.jspecify.annotations.NullMarked;
