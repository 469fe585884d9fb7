package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks the method of a {@link SocketHandler @SocketHandler} bean that is called for each
 * frame, in order. A bean may have one such method, of any visibility; without one,
 * frames are read and dropped.
 * <p>
 * Its parameters are found by their types: exactly one takes the message, and there may
 * also be the {@link dev.socketserver.SocketSession}, and {@code List<String>} for the
 * server's {@code args}. The message is {@code String}, {@code byte[]},
 * {@link java.nio.ByteBuffer}, or a type that a
 * {@link dev.socketserver.payload.PayloadConverter PayloadConverter} bean, protobuf or
 * Jackson can read.
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
@Reflective
public @interface OnMessage {

}
