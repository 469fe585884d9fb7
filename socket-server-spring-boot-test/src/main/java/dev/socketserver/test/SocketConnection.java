package dev.socketserver.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A connection to a server of the application under test, for a field or a parameter of
 * type {@link SocketTestClient} in a JUnit test with an application context. It speaks
 * the server's own framing and charset, and TLS if the server speaks TLS.
 * <p>
 * Fields are set to a new connection before each test. A parameter may be one of a test,
 * of a lifecycle method, or of a constructor that is not autowired by Spring. The
 * connection is closed after the test, and that of a {@code @BeforeAll} method after the
 * last test of its class. A test fails if there is no such server, or if it does not
 * listen.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(SocketServerExtension.class)
public @interface SocketConnection {

	/**
	 * The name of the server; of one of several listeners with its name, such as
	 * {@code gateway/tls}.
	 * @return the name
	 */
	String value();

	/**
	 * The SSL bundle of the application with the certificates that the client trusts, and
	 * the one that it presents. Without a bundle, the client accepts any certificate of
	 * the server, and presents none. Only for servers that speak TLS.
	 * @return the name of the bundle; empty for none
	 */
	String sslBundle() default "";

}
