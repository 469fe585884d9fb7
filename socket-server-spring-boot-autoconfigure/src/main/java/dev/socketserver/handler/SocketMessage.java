package dev.socketserver.handler;

import java.time.Instant;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * A message as a handler gets it, with what is known about it. A parameter of an
 * {@link dev.socketserver.annotation.OnMessage @OnMessage} method may have this type.
 *
 * @param payload the payload, of the type that the method takes; without a parameter for
 * it what the property {@code payload} says, else bytes. {@code null} where there is no
 * message, as when a session opens
 * @param key the key by which the method was chosen, {@code null} if the frame has none
 * or the handler has no discriminator
 * @param receivedAt when the frame was complete; where there is no message, when the
 * method is called
 * @param session the session
 */
public record SocketMessage(@Nullable Object payload, @Nullable String key, Instant receivedAt, SocketSession session) {

}
