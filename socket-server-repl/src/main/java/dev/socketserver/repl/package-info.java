/**
 * The REPL: expressions typed over a socket, evaluated in the running application. The
 * only package that can evaluate what a peer sends; nothing else depends on its insides.
 */
@NullMarked
package dev.socketserver.repl;

import org.jspecify.annotations.NullMarked;
