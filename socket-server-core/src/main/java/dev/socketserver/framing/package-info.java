/**
 * How bytes are divided into frames, and frames become bytes. Works on arrays, and knows
 * neither sockets nor sessions.
 */
@NullMarked
package dev.socketserver.framing;

import org.jspecify.annotations.NullMarked;
