/**
 * What a server or a client is doing, and what is wanted of it: starts, stops, pauses and
 * restarts, one after the other. Knows neither sockets nor sessions. Depends on no other
 * room. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.lifecycle;

import org.jspecify.annotations.NullMarked;
