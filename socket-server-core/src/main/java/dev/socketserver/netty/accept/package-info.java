/**
 * What becomes of a connection of a server from the accept to the session: who is
 * admitted, and the stages (PROXY header, TLS handshake) that precede the session.
 */
@NullMarked
package dev.socketserver.netty.accept;

import org.jspecify.annotations.NullMarked;
