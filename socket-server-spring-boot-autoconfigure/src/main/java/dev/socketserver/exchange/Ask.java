package dev.socketserver.exchange;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a {@link SocketExchange} interface that sends a request and returns
 * its reply, as {@link dev.socketserver.SocketSession#ask} does. The type of the reply is
 * what the method returns: a type, for which the method waits; or a
 * {@link java.util.concurrent.CompletableFuture}, a type of a reactive library with one
 * value, or the value of a suspend function of Kotlin. {@code void} waits for the reply,
 * and drops it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Ask {

	/**
	 * The text of the request, with parameters of the method in braces, by name or by
	 * position from 0. A doubled brace <code>{{</code> stands for one. Without a text the
	 * one parameter is the payload.
	 * @return the text; none by default
	 */
	String value() default "";

	/**
	 * How long to wait for the reply, with a unit; placeholders are resolved. A parameter
	 * of type {@link java.time.Duration} takes its place.
	 * @return the time; 5 seconds by default
	 */
	String timeout() default "5s";

}
