package dev.socketserver.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of an annotated method that takes the id to which the session is
 * {@linkplain dev.socketserver.SocketSession#bind bound}, for identities of a type. With
 * several of that type it is the one that was bound first.
 * <p>
 * The parameter is a {@code String}. Without such an identity the method is not called,
 * and its failure is an {@link dev.socketserver.handler.IdentityMissingException}. An
 * {@code Optional<String>} is empty then; a parameter that is annotated with
 * {@code @Nullable}, or has a nullable type in Kotlin, is {@code null}.
 */
@Target({ ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Identity {

	/**
	 * The type of the identity.
	 * @return the type
	 */
	String value();

}
