/**
 * Decides which connections become sessions, before anything is spent on them. Public for
 * other packages of the engine, not for applications.
 */
@NullMarked
package dev.socketserver.admission;

import org.jspecify.annotations.NullMarked;
