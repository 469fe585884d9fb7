package dev.socketserver.autoconfigure.condition;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * {@link Conditional @Conditional} that matches if a property of this project is on, in
 * any spelling of a boolean. A value that is no boolean fails the start. Boot's own
 * condition compares words instead: with {@code yes}, {@code 1} or a typing error,
 * something would silently be off.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnSwitchCondition.class)
public @interface ConditionalOnSwitch {

	/**
	 * The name of the property.
	 * @return the name
	 */
	String value();

	/**
	 * Whether to match if the property is not set.
	 * @return whether it counts as on then
	 */
	boolean matchIfMissing() default false;

}
