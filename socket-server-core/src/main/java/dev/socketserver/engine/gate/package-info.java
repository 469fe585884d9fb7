/**
 * What a session may do that has to prove itself: until it is logged in
 * ({@code LoginPhase}), how many such sessions there may be ({@code Logins}), and how
 * fast peers may send ({@code Pace}). A session of a server with such limits has a
 * {@code SessionGate} of 32 bytes, others have nothing. {@code engine.session} reports
 * what happens. Depends on {@code log} and {@code stats}. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.gate;

import org.jspecify.annotations.NullMarked;
