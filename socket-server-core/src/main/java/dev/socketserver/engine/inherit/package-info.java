/**
 * Sockets that the process was passed when it was started, and which server uses which.
 * Depends on {@code log}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.inherit;

import org.jspecify.annotations.NullMarked;
