/**
 * Which handler serves which server or client, and the handlers that need no bean.
 * Consoles are in another module, which has an implementation of {@code ConsoleHandlers}.
 * Uses {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.handler;

import org.jspecify.annotations.NullMarked;
