package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of an annotated method that takes one of the
 * {@linkplain dev.socketserver.SocketSession#attributes attributes} of the session.
 * <p>
 * If the attribute is missing, or has another type, the method is not called, and its
 * failure is an {@link IllegalStateException}. If it is missing, an {@code Optional} is
 * empty; a parameter that is annotated with {@code @Nullable}, or has a nullable type in
 * Kotlin, is {@code null}.
 */
@Target({ ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SessionAttribute {

	/**
	 * The name of the attribute.
	 * @return the name
	 */
	String value();

}
