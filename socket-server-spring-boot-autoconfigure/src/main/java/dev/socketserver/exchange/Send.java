package dev.socketserver.exchange;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a {@link SocketExchange} interface that sends a payload, to which
 * there is no reply. It returns, or what it returns completes, when the payload is
 * accepted: it waits in the queue of the session or client, and may not be written yet.
 * What the overflow policy refuses fails. For a mailbox that is when the letter is
 * stored; the method may return a {@code CompletableFuture<LetterState>} then.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Send {

	/**
	 * The text to send, with parameters of the method in braces, by name or by position
	 * from 0. A doubled brace <code>{{</code> stands for one. Without a text the one
	 * parameter is the payload.
	 * @return the text; none by default
	 */
	String value() default "";

}
