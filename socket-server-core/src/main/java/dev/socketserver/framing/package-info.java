/**
 * How bytes become frames and frames bytes. Works on arrays; knows neither sockets nor
 * sessions.
 */
@NullMarked
package dev.socketserver.framing;

import org.jspecify.annotations.NullMarked;
