package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks the method of a {@link SocketHandler @SocketHandler} bean that is called for each
 * frame, in order. There may be one in a bean, of any visibility; without one, what the
 * peer sends is read and dropped.
 * <p>
 * Its parameters are found by their types: exactly one takes the message, beside it there
 * may be the {@link dev.socketserver.SocketSession}, and {@code List<String>}, which are
 * the server's {@code args}. The message is {@code String}, {@code byte[]},
 * {@link java.nio.ByteBuffer}, or what a {@link dev.socketserver.payload.PayloadConverter
 * PayloadConverter} bean, protobuf or Jackson reads.
 * <p>
 * What it returns is the reply. {@code void} and {@code null} are none, a
 * {@link java.util.List} or {@link java.util.stream.Stream} holds several, a
 * {@link java.util.concurrent.CompletionStage}, a
 * {@link java.util.concurrent.Flow.Publisher}, or a type of a reactive library, gives
 * them later. Replies keep the order of the messages. What it throws, or the reply fails
 * with, reaches {@link OnError @OnError}, or closes the session with
 * {@link dev.socketserver.CloseReason#HANDLER_ERROR}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnMessage {

}
