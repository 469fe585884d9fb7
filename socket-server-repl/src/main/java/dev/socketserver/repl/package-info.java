/**
 * Consoles: expressions typed over a socket, evaluated in the running application. Owns
 * the consoles of an application, their log-in, commands and workspaces. Uses
 * {@code evaluate} to evaluate and {@code terminal} to talk to the peer. Applications use
 * {@link dev.socketserver.repl.Repl} only.
 */
@NullMarked
package dev.socketserver.repl;

import org.jspecify.annotations.NullMarked;
