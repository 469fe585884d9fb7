package dev.socketserver.autoconfigure.properties;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the blocks of configuration properties in which an unknown key fails the start.
 * Where the key is from an environment variable or a system property, it is a warning. On
 * an interface, it holds for all that implement it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface StrictKeys {

	/**
	 * The full names of the blocks.
	 * @return the names
	 */
	String[] value();

	/**
	 * Whether texts may be blank.
	 * @return {@code true} if some of them are bytes
	 */
	boolean blank() default false;

	/**
	 * Whether values of unknown keys may be secret.
	 * @return {@code true} if they are never shown
	 */
	boolean secret() default false;

}
