package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.stereotype.Component;

/**
 * Marks a bean that serves the sessions of socket servers: on a class, which component
 * scanning then finds, or on a {@code @Bean} method.
 * <p>
 * The bean is a {@link java.util.function.Function}, a
 * {@link java.util.function.Consumer}, a {@link dev.socketserver.StreamHandler}, a
 * {@link dev.socketserver.ConversationHandler} or a
 * {@link dev.socketserver.ConnectionHandler}, or has methods annotated with
 * {@link OnMessage @OnMessage} and similar annotations, also behind an AOP proxy. It is
 * created no later than its server starts. A singleton serves all sessions. Of a
 * prototype-scoped bean, each session gets an instance of its own, which the container
 * does not destroy. Calls for one session never overlap, those for different sessions do;
 * {@link dev.socketserver.spec.ExecutionMode} says on which threads.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
@Reflective
public @interface SocketHandler {

	/**
	 * Names of the servers that this bean serves, as in {@code socket.servers.<name>};
	 * placeholders are resolved. They do not become the name of the bean. Without a name,
	 * the bean serves the only server that has no other handler, and any server whose
	 * {@code handler} property names the bean.
	 * @return the names of servers
	 */
	String[] value() default {};

}
