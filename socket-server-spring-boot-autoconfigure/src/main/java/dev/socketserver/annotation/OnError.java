package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a {@link SocketHandler @SocketHandler} bean that is called when
 * {@link OnOpen @OnOpen} or {@link OnMessage @OnMessage} threw an exception, the reply
 * failed that was to come later, or a frame could not be converted to what
 * {@code @OnMessage} takes. The session stays open, unless this method throws or closes
 * it.
 * <p>
 * Its parameters are found by their types: the exception, the
 * {@link dev.socketserver.SocketSession}, and {@code List<String>}, which are the
 * server's {@code args}. Of several such methods that one is called whose exception is
 * the nearest superclass of what was thrown; one without a parameter for the exception is
 * for all. None is called for an {@link Error}.
 * <p>
 * A frame that could not be converted is told as a
 * {@link dev.socketserver.PayloadException} to the method that takes exactly that.
 * Without one, it is told as what the converter threw to a method that takes that, but
 * not just any exception; without one of these as well, as a {@code PayloadException} to
 * the method that takes its superclasses. If no method takes it, the session closes with
 * {@link dev.socketserver.CloseReason#DECODE_ERROR}.
 * <p>
 * What it returns is a reply, of the same kinds as that of {@code @OnMessage}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface OnError {

}
