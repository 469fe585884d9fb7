package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks the method of a {@link SocketHandler @SocketHandler} bean that is called last,
 * once for each session, also if {@link OnOpen @OnOpen} threw. A bean may have one such
 * method, of any visibility. It returns nothing, since nothing can be sent any more.
 * <p>
 * Its parameters are found by their types: the {@link dev.socketserver.CloseStatus}, the
 * {@link dev.socketserver.SocketSession}, and {@code List<String>} for the server's
 * {@code args}. It may also take the principal, identities and attributes of the session,
 * and what a {@link dev.socketserver.handler.SocketArgumentResolver} supports. What it
 * throws is logged.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnClose {

}
