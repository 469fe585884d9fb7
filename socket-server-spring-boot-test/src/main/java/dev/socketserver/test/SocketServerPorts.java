package dev.socketserver.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sets on which ports the configured servers of the application under test listen. A test
 * class without this annotation has free ports, as with {@link Mode#RANDOM}. A nested
 * test class inherits the annotation of its enclosing class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface SocketServerPorts {

	/**
	 * On which ports the servers listen.
	 * @return the mode
	 */
	Mode value() default Mode.RANDOM;

	/** Which ports servers listen on. */
	enum Mode {

		/**
		 * Each server listens on a free port, whatever port it is configured with: tests
		 * disturb neither each other nor a running application.
		 */
		RANDOM,

		/**
		 * Each server listens on the port that it is configured with.
		 */
		DEFINED

	}

}
