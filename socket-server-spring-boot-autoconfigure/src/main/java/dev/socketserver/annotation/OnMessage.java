package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a {@link SocketHandler @SocketHandler} bean that is called for each
 * frame, in order, and may have any visibility. Without one, frames are read and dropped.
 * With several, each frame calls one of them: by its key, which the property
 * {@code discriminator} says how to find, or without that property by the type of the
 * parameter. The frame is converted for the method that was chosen.
 * <p>
 * Its parameters are found by their types: one takes the message, and there may also be
 * the {@link dev.socketserver.SocketSession}, the whole
 * {@link dev.socketserver.handler.SocketMessage}, the {@link java.security.Principal}, an
 * {@link java.time.Instant} for when the frame was complete, {@code List<String>} for the
 * server's {@code args}, parameters with {@link Identity @Identity} and
 * {@link SessionAttribute @SessionAttribute}, and what a
 * {@link dev.socketserver.handler.SocketArgumentResolver} supports. The message is
 * {@code String}, {@code byte[]}, {@link java.nio.ByteBuffer}, or a type that a
 * {@link dev.socketserver.payload.PayloadConverter PayloadConverter} bean, protobuf or
 * Jackson can read.
 * <p>
 * With a validator on the class path, {@code @Valid} or {@code @Validated} on the
 * parameter for the message has it validated before the call.
 * <p>
 * What the method returns is the reply. {@code void} and {@code null} mean no reply; a
 * {@link java.util.List} or {@link java.util.stream.Stream} holds several; a
 * {@link java.util.concurrent.CompletionStage}, a
 * {@link java.util.concurrent.Flow.Publisher}, or a type of a reactive library gives them
 * later. Replies keep the order of the messages. What the method throws, or the reply
 * fails with, reaches {@link OnError}, or closes the session with
 * {@link dev.socketserver.CloseReason#HANDLER_ERROR}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(HandlerMethodHints.class)
public @interface OnMessage {

	/**
	 * The keys of the messages for which the method is called, as text. Keys that begin
	 * with {@code 0x} are compared without case.
	 * @return the keys; none by default
	 */
	String[] value() default {};

	/**
	 * Whether the method is called for messages that no other method is for.
	 * @return {@code false} by default
	 */
	boolean isDefault() default false;

}
