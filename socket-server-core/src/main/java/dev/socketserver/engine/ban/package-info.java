/**
 * The bans of one server: which addresses have offended ({@code BanTable}, a table of a
 * fixed size), and what counts as an offence ({@code ServerBans}). Nothing of it exists
 * for a server without bans. {@code engine.server} asks it before it admits a connection.
 * {@code OffenceListener} is notified of how sessions are about to end, also of those
 * whose login has failed, which {@code LoginPhase} of {@code gate} ends. Depends on
 * {@code gate}, {@code events} and what these depend on. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.ban;

import org.jspecify.annotations.NullMarked;
