package dev.socketserver.operator;

import org.jspecify.annotations.Nullable;

/**
 * How fast the peer of a session may send.
 *
 * @param messages how many messages, as it is configured, or {@code null}
 * @param bytes how many bytes, as it is configured, or {@code null}
 * @param paused whether nothing is read at the moment because the peer was too fast
 */
public record SessionRate(@Nullable String messages, @Nullable String bytes, boolean paused) {

}
