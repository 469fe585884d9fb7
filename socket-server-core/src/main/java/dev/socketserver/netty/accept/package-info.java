/**
 * What becomes of a connection of a server from the accept to the session: the stages
 * (PROXY header, TLS handshake) that precede it. Who is admitted is decided in
 * {@code engine.server}.
 */
@NullMarked
package dev.socketserver.netty.accept;

import org.jspecify.annotations.NullMarked;
