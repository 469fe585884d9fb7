/**
 * What a client keeps while its connections come and go.
 * {@link dev.socketserver.engine.client.ClientOutbox ClientOutbox} admits payloads and
 * hands them over to the present connection; {@code ClientMessages} has those whose
 * outcome is open, and what a lost connection gives back.
 * {@link dev.socketserver.engine.client.ClientRequests ClientRequests} ends the wait for
 * replies. No socket. Depends on {@code requests}, {@code output} and what these depend
 * on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.client;

import org.jspecify.annotations.NullMarked;
