package dev.socketserver.operator;

import java.time.Instant;

import dev.socketserver.CloseReason;
import dev.socketserver.transcript.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened in a tapped session.
 *
 * @param session the id of the session
 * @param at when
 * @param kind what: the peer sent something, or got something, or the session ended
 * @param payload the bytes, which are not changed; empty for an end
 * @param reason why the session has ended; {@code null} for bytes
 */
public record TapMessage(String session, Instant at, Transcript.Kind kind, byte[] payload,
		@Nullable CloseReason reason) {

}
