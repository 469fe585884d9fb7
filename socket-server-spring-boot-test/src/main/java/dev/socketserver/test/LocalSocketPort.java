package dev.socketserver.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The port on which a server of the application under test listens, for a field or a
 * parameter of type {@code int} in a JUnit test with an application context.
 * <p>
 * Fields are set after the dependencies are injected, and again before each test. A
 * parameter may be one of a test, of a lifecycle method, or of a constructor that is not
 * autowired by Spring. A test fails if there is no such server, or if it does not listen.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(SocketServerExtension.class)
public @interface LocalSocketPort {

	/**
	 * The name of the server; of one of several listeners with its name, such as
	 * {@code gateway/tls}.
	 * @return the name
	 */
	String value();

}
