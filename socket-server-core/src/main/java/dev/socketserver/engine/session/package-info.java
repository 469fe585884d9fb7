/**
 * Joins the parts of a session, has the order of things when it opens and ends, describes
 * it to others, and has the registry of the open sessions of a server or client, and
 * groups of them. Depends on {@code blocking}, {@code drain}, {@code events},
 * {@code requests}, {@code watchdog} and what these depend on. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.session;

import org.jspecify.annotations.NullMarked;
