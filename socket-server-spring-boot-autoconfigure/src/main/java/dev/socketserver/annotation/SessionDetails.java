package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks the method of a {@link SocketHandler @SocketHandler} bean that reports to
 * operators what the application knows about a session. It returns a
 * {@link java.util.Map} of names and values. It is called when an operator asks for
 * details, never at the same time as another method for the session, and should return
 * quickly. A bean may have one such method, of any visibility.
 * <p>
 * Its parameters are found by their types: the {@link dev.socketserver.SocketSession},
 * and {@code List<String>} for the server's {@code args}. It may also take the principal,
 * identities and attributes of the session, and what a
 * {@link dev.socketserver.handler.SocketArgumentResolver} supports.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface SessionDetails {

}
