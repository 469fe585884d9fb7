/**
 * Taps: what sessions receive and send, kept for operators. A
 * {@link dev.socketserver.engine.tap.Tap} keeps a bounded number of bytes, counts what it
 * drops, and never waits. A session has a {@link dev.socketserver.engine.tap.TapPoint}
 * while somebody taps it, and else a field that is {@code null}. Depends on
 * {@code connection}, {@code log}, {@code memory}, {@code threads}, {@code waiting} and
 * what these depend on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.tap;

import org.jspecify.annotations.NullMarked;
