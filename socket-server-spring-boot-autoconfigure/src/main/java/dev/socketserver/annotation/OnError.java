package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a {@link SocketHandler @SocketHandler} bean that is called when
 * {@link OnOpen @OnOpen} or {@link OnMessage @OnMessage} threw an exception, when an
 * asynchronous reply failed, or when a frame could not be converted to the type that
 * {@code @OnMessage} takes. The session stays open, unless this method throws or closes
 * it.
 * <p>
 * Its parameters are found by their types: the exception, the
 * {@link dev.socketserver.SocketSession}, {@code List<String>} for the server's
 * {@code args}, and the message whose handling, or whose reply, failed: of the type that
 * {@code @OnMessage} takes, or a supertype of that. It may also take the principal,
 * identities and attributes of the session, and what a
 * {@link dev.socketserver.handler.SocketArgumentResolver} supports. If there are several
 * such methods, the one is called whose exception is the nearest superclass of what was
 * thrown; a method without a parameter for the exception is called for all exceptions. A
 * method that takes the message is called only if there is a message, never with
 * {@code null}: what {@code @OnOpen} threw, and any
 * {@link dev.socketserver.payload.PayloadException}, are passed to methods that do not
 * take it. A session of such a handler keeps its last message until the next one arrives.
 * Of two methods for the same exception, one may take the message, and is preferred. No
 * method is called for an {@link Error}.
 * <p>
 * If a frame could not be converted, the method is called that takes exactly
 * {@link dev.socketserver.payload.PayloadException}. If there is none, a method that
 * takes what the converter threw is called with that, unless it takes just any exception.
 * If there is none of these either, a method that takes a superclass of
 * {@code PayloadException} is called with one. If no method takes it, the session closes
 * with {@link dev.socketserver.CloseReason#DECODE_ERROR}.
 * <p>
 * A payload that is not valid is such a
 * {@link dev.socketserver.payload.PayloadValidationException PayloadException} too, but
 * was a message: a method that takes that exception may take the message.
 * <p>
 * What cannot be a frame, or is too long, is passed as a
 * {@link dev.socketserver.framing.FrameException FrameException}, and a frame that was
 * not complete in time as a {@link dev.socketserver.framing.FrameTimeoutException}: only
 * to methods that take one of these, and never to those for just any exception. What they
 * return is sent behind the replies to earlier frames. Then the session closes with the
 * reason of the exception, or goes on where its framing can.
 * <p>
 * Failures that no method takes are passed to {@link SocketHandlerAdvice} components. In
 * these, such methods serve handlers of all forms, and cannot take the message.
 * <p>
 * What the method returns is a reply, of the same kinds as that of {@code @OnMessage}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(HandlerMethodHints.class)
public @interface OnError {

}
