/**
 * Joins the parts of a session, decides how it ends, and has the registry of the open
 * sessions of a server or client. Depends on all rooms of the engine but {@code client}.
 * For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.session;

import org.jspecify.annotations.NullMarked;
