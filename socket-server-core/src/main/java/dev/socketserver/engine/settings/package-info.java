/**
 * Which change of a server's specification only a restart can make. Depends on no other
 * room; it knows specifications only. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.settings;

import org.jspecify.annotations.NullMarked;
