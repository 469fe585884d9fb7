/**
 * Limits for peers: what a session may do until it is logged in ({@code LoginPhase}), how
 * many sessions may be without a login ({@code Logins}), and how fast peers may send
 * ({@code ServerRates}). A session of a server with such limits has a {@code SessionGate}
 * of 32 bytes, others have nothing. {@code engine.session} reports what happens. Depends
 * on {@code log}, {@code stats} and {@code threads}. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.gate;

import org.jspecify.annotations.NullMarked;
