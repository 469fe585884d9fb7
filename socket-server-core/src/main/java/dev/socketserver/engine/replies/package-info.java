/**
 * What handlers of messages return in place of a single reply: lists and streams, and
 * what arrives later from stages and publishers. Owns how far such replies have
 * progressed, and on which thread what is signalled takes effect. Depends on {@code lane}
 * and {@code log}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.replies;

import org.jspecify.annotations.NullMarked;
