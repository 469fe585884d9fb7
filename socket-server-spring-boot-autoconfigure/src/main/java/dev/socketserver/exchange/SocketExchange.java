package dev.socketserver.exchange;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an interface whose methods send and ask. Each method has {@link Ask} or
 * {@link Send}; default methods are called as they are. With a name of a client,
 * {@link ImportSocketExchanges} makes a bean of the interface. Without one it is used by
 * {@link SocketExchanges}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SocketExchange {

	/**
	 * The name of the client, one of {@code socket.clients} or one that the application
	 * registers before the bean is made. Placeholders are resolved.
	 * @return the name; none by default
	 */
	String value() default "";

}
