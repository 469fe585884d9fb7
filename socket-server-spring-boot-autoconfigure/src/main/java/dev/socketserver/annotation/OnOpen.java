package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks the method of a {@link SocketHandler @SocketHandler} bean that is called first,
 * once for each session. A bean may have one such method, of any visibility.
 * <p>
 * Its parameters are found by their types: the {@link dev.socketserver.SocketSession},
 * and {@code List<String>} for the server's {@code args}. It may also take the principal,
 * identities and attributes of the session, and what a
 * {@link dev.socketserver.handler.SocketArgumentResolver} supports. What it returns is
 * sent to the peer as a greeting, if it is not {@code null}: one payload that is
 * available at once, not several, and not an asynchronous one. What it throws reaches
 * {@link OnError @OnError}, or closes the session with
 * {@link dev.socketserver.CloseReason#HANDLER_ERROR}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(HandlerMethodHints.class)
public @interface OnOpen {

}
