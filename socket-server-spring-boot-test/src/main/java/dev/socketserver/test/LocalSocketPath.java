package dev.socketserver.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The path of the Unix socket on which a server of the application under test listens,
 * for a field or a parameter of type {@link java.nio.file.Path} in a JUnit test with an
 * application context. It is set when a {@link LocalSocketPort} is. Unless
 * {@link SocketServerPorts} says otherwise, the path is in a temporary directory,
 * whatever path the server is configured with.
 */
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(SocketServerExtension.class)
public @interface LocalSocketPath {

	/**
	 * The name of the server; of one of several listeners with its name, such as
	 * {@code gateway/tls}.
	 * @return the name
	 */
	String value();

}
