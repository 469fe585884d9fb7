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
 * sent to the peer as a greeting, if it is not {@code null}: one payload, not several. A
 * {@link java.util.concurrent.CompletionStage} gives the greeting later, or none with
 * {@code null}; no message is handled before. What the method throws, or the stage fails
 * with, reaches {@link OnError @OnError}, or closes the session with
 * {@link dev.socketserver.CloseReason#HANDLER_ERROR}.
 * <p>
 * If the reply to a request is to be no greeting, let the stage drop it:
 * {@code session.ask(…).thenAccept(…)}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(HandlerMethodHints.class)
public @interface OnOpen {

}
