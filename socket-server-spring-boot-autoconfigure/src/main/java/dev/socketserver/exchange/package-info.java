/**
 * Interfaces of the application that are implemented by requests to a server, to a
 * session, to an identity, or by letters. Owns the annotations, what is known of each
 * method, and where a call goes ({@code Target}). Asks clients, sessions and the cluster
 * by their public methods only, and is loaded only where it is used.
 */
@NullMarked
package dev.socketserver.exchange;

import org.jspecify.annotations.NullMarked;
