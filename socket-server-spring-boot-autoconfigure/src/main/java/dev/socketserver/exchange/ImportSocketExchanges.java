package dev.socketserver.exchange;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;

/**
 * Makes a bean of each interface with a {@link SocketExchange} that names a client. With
 * neither {@link #value} nor {@link #basePackages} the package of the annotated class is
 * searched, and those below it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Import(SocketExchangeRegistrar.class)
public @interface ImportSocketExchanges {

	/**
	 * The interfaces, each of which must name a client.
	 * @return the interfaces; none by default
	 */
	Class<?>[] value() default {};

	/**
	 * Packages that are searched for interfaces, with those below them. Interfaces that
	 * name no client are left out.
	 * @return the packages; none by default
	 */
	String[] basePackages() default {};

}
