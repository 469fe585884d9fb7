package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.stereotype.Component;

/**
 * Marks a bean that handles what socket clients receive: on a class, which component
 * scanning then finds, or on a {@code @Bean} method. For the bean, each connection of a
 * client is a session.
 * <p>
 * The bean has one of the forms that {@link SocketHandler @SocketHandler} beans have;
 * what it returns is sent to the server. It serves clients only, unless it has both
 * annotations. It is created no later than its client starts. A singleton serves all
 * connections. Of a prototype-scoped bean, each connection gets an instance of its own,
 * which the container does not destroy.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
@Reflective
public @interface SocketClientHandler {

	/**
	 * Names of the clients that this bean serves, as in {@code socket.clients.<name>};
	 * placeholders are resolved. They do not become the name of the bean. Without a name,
	 * the bean serves the only client that has no other handler, and any client whose
	 * {@code handler} property names the bean.
	 * @return the names of clients
	 */
	String[] value() default {};

}
