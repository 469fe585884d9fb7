package dev.socketserver.client;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a client knows of one of its addresses.
 *
 * @param host the host name or address, as configured
 * @param port the port; 0 if it is not known yet
 * @param available whether connections are made to it: not after {@code failures}
 * failures in a row, until an attempt succeeds
 * @param connections how many of the client's connections are to it, with one that
 * carries nothing and is kept until the address may take over
 * @param failures how many failures in a row there have been. Only a received message, or
 * a connection that lasts longer than {@code retry.max-period}, ends the row
 * @param failure what the last of these was; {@code null} if the last attempt was none
 * @param nextAttempt when it is tried again; {@code null} while it is available
 */
public record AddressStatus(String host, int port, boolean available, int connections, int failures,
		@Nullable String failure, @Nullable Instant nextAttempt) {

}
