/**
 * Requests to the peer of a session: those that wait, how replies find them, and what
 * becomes of them. Servers and clients have the same. Uses the state of the session and
 * the stage of its input where replies are taken out; knows neither handlers nor sockets.
 */
@NullMarked
package dev.socketserver.engine.requests;

import org.jspecify.annotations.NullMarked;
