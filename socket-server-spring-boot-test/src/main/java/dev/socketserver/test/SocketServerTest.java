package dev.socketserver.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;

/**
 * Annotates tests of socket servers that need no more than these. The application has
 * only the auto-configurations of this starter, with what they read payloads and
 * certificates with, and starts only the servers and clients that are named. All beans of
 * the application are made when they are needed: the handlers of these servers, what they
 * refer to, and no others. Runners of the application do not run. Whatever else a handler
 * needs, such as a repository, is replaced by
 * {@link org.springframework.test.context.bean.override.mockito.MockitoBean @MockitoBean}
 * or imported.
 * <p>
 * Servers listen on free ports, as in all tests, and {@link SocketConnection} connects to
 * them.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@OverrideAutoConfiguration(enabled = false)
@ImportAutoConfiguration
public @interface SocketServerTest {

	/**
	 * The names of the servers and clients to start. A name that no property has fails
	 * the test.
	 * @return the names; none for all of the properties
	 */
	String[] value() default {};

	/**
	 * Properties of the test, as {@code name=value}.
	 * @return the properties
	 */
	@AliasFor(annotation = SpringBootTest.class)
	String[] properties() default {};

	/**
	 * The classes of the application; by default, the {@code @SpringBootConfiguration} of
	 * the package of the test, or of a package around it.
	 * @return the classes
	 */
	@AliasFor(annotation = SpringBootTest.class)
	Class<?>[] classes() default {};

}
