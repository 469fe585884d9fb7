/**
 * What the parts of one session share: its state, and what is around its calls of user
 * code. May use {@code connection}, {@code log}, {@code memory} and {@code stats}. For
 * the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.state;

import org.jspecify.annotations.NullMarked;
