/**
 * What waits: entries in order and how much they are ({@code Waiting}), within
 * {@code Bounds}, and what is charged for them ({@code Charge}). No thread and no lock:
 * each object is guarded by its owner, if not stated otherwise. Depends on
 * {@code memory}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.waiting;

import org.jspecify.annotations.NullMarked;
