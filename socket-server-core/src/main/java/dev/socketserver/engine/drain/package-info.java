/**
 * Ends sessions one after the other, evenly over a time: which is the next, and when.
 * Depends on no other room; it knows sessions as
 * {@link dev.socketserver.engine.drain.Drainable} only. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.drain;

import org.jspecify.annotations.NullMarked;
