/**
 * Interfaces of the application whose methods send and ask: by a client, to a session, to
 * an identity, or by letters. Owns the annotations, the bean that makes objects of such
 * interfaces, and beans of those that name a client. Loaded only where it is used.
 */
@NullMarked
package dev.socketserver.exchange;

import org.jspecify.annotations.NullMarked;
