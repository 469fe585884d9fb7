package dev.socketserver.handler.dispatch;

import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * A method that is called for messages, as far as it matters for choosing it.
 *
 * @param name the class and the method, such as {@code Meters.data}
 * @param description the method with its parameters, for messages
 * @param keys its keys, as they are written
 * @param isDefault whether it takes what no other takes
 * @param payload the class that it takes; {@code null} if no parameter takes the payload
 * @param reader finds what makes payloads for it alone, and throws if there is nothing
 * @param takesSocketMessage whether it takes more of a message than its payload
 */
public record MappedMethod(String name, String description, List<String> keys, boolean isDefault,
		@Nullable Class<?> payload, Supplier<PayloadConverter<?>> reader, boolean takesSocketMessage) {

}
