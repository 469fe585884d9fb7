package dev.socketserver.handler.dispatch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Which method is called for a key, as operators see it.
 *
 * @param key the key as it is written; with the discriminator {@code type} the class,
 * {@code null} for what no other method takes
 * @param method the class and the method
 * @param payload the class of the payload, {@code null} if no parameter takes it
 */
@JsonPropertyOrder({ "key", "method", "payload" })
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Mapping(@Nullable String key, String method, @Nullable String payload) {

}
