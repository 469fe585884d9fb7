package dev.socketserver.annotation;

import java.lang.annotation.Annotation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.stereotype.Component;

/**
 * Marks a component whose {@link OnError @OnError} methods answer failures of handlers of
 * every form, of servers and clients: those that the handler's own {@code @OnError}
 * methods do not take. Several are asked in their {@code @Order}; in each, the method is
 * called whose exception is the nearest superclass of the failure.
 * <p>
 * What such a method returns is sent. The session goes on, except that of a
 * {@link dev.socketserver.StreamHandler} or {@link dev.socketserver.ConversationHandler},
 * which closes with {@link dev.socketserver.CloseReason#HANDLER_ERROR} then. A method
 * that throws closes the session with that reason, too. It cannot take the message that
 * failed.
 * <p>
 * Without an attribute it applies to all handler beans, else to those that any of the
 * attributes selects. One that applies to none is warned about. Neither handlers that are
 * built in nor those of servers that are registered in code with a handler of their own
 * have advice.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
@Reflective
public @interface SocketHandlerAdvice {

	/**
	 * Names of servers and clients, as in {@code socket.servers.<name>}, whose handlers
	 * are selected; placeholders are resolved.
	 * @return the names
	 */
	String[] value() default {};

	/**
	 * Packages whose handlers are selected, with the packages below them.
	 * @return the packages
	 */
	String[] basePackages() default {};

	/**
	 * Types of which handlers are selected, with their subtypes.
	 * @return the types
	 */
	Class<?>[] assignableTypes() default {};

	/**
	 * Annotations with which handlers are selected: on the class, an interface, or the
	 * {@code @Bean} method.
	 * @return the types of the annotations
	 */
	Class<? extends Annotation>[] annotations() default {};

}
