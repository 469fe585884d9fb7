/**
 * What a client keeps while its connections come and go.
 * {@link dev.socketserver.engine.client.ClientOutbox ClientOutbox} admits payloads and
 * hands them over to the present connections; {@code ClientMessages} has those whose
 * outcome is open. An {@code OutboxLink} has what one connection is sending;
 * {@code OutboxLinks} chooses among them, and puts what a lost one gives back in front.
 * {@link dev.socketserver.engine.client.ClientRequests ClientRequests} ends the wait for
 * replies. No socket. Depends on {@code requests}, {@code output} and what these depend
 * on. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.client;

import org.jspecify.annotations.NullMarked;
