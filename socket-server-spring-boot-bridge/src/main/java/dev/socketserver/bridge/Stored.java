package dev.socketserver.bridge;

import org.jspecify.annotations.Nullable;

/**
 * How a message was stored. A parameter of this type of an {@code @OnMessage} method is
 * given it; {@code null} for a message that the bridge does not store.
 *
 * @param id the id of the message; {@code null} if it has none
 * @param duplicate whether a message with this id was stored before, so that this one was
 * not
 * @param position where it is in the store; {@code null} if the store does not say
 */
public record Stored(@Nullable String id, boolean duplicate, @Nullable String position) {

}
