/**
 * Interfaces of the application that are implemented by requests to a server, to a
 * session, to an identity, or by letters. Owns the annotations, the bean that makes
 * objects of such interfaces, and beans of those that name a client. Loaded only where it
 * is used.
 */
@NullMarked
package dev.socketserver.exchange;

import org.jspecify.annotations.NullMarked;
