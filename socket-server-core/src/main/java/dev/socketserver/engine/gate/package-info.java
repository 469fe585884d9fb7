/**
 * What a session may do that has to prove itself: until it is logged in
 * ({@code LoginPhase}), and how many such sessions there may be ({@code Logins}, one for
 * each server). Nothing of it exists for a server without {@code login.timeout}, and
 * nothing of a session that is logged in. {@code engine.session} reports what happens.
 * Depends on {@code log} and {@code stats}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.gate;

import org.jspecify.annotations.NullMarked;
