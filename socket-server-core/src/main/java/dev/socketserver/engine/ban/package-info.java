/**
 * The bans of one server: which addresses have offended ({@code BanTable}, a table of a
 * fixed size), and what counts as an offence ({@code ServerBans}). Both exist from the
 * first offence, or ban, on. {@code engine.server} asks them before it admits a
 * connection. {@code OffenceListener} is notified of how sessions are about to end, also
 * of those whose login has failed, which {@code LoginPhase} of {@code gate} ends. Depends
 * on {@code gate}, {@code events} and what these depend on. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.ban;

import org.jspecify.annotations.NullMarked;
