package dev.socketserver.actuate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;

import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The parameters of a request over HTTP, as text, for an operation that has many.
 *
 * @param values the parameters, by their names
 */
public record RequestParameters(Map<String, String> values) {

	static final RequestParameters NONE = new RequestParameters(Map.of());

	/**
	 * Returns a parameter.
	 * @param name its name
	 * @return the value, or {@code null} if it is absent or blank
	 */
	public @Nullable String text(String name) {
		String value = this.values.get(name);
		return StringUtils.hasText(value) ? value : null;
	}

	/**
	 * Returns a parameter that an operation needs.
	 * @param name its name
	 * @return the value
	 * @throws BadParameterException if it is absent or blank
	 */
	public String required(String name) {
		String text = text(name);
		if (text == null) {
			throw new BadParameterException(name + " is required", "Missing parameter");
		}
		return text;
	}

	/**
	 * Returns a parameter that must not be blank if it is given.
	 * @param name its name
	 * @return the value, or {@code null} if it is absent
	 * @throws BadParameterException if it is blank
	 */
	@Nullable String given(String name) {
		if (this.values.containsKey(name) && text(name) == null) {
			throw new BadParameterException(name + " is empty", "Empty parameter");
		}
		return text(name);
	}

	/**
	 * The names of the parameters that an operation has. Others are refused.
	 */
	@Target(ElementType.PARAMETER)
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	public @interface Names {

		/**
		 * Returns the names.
		 * @return the names, in the order in which a message lists them
		 */
		String[] value();

	}

}
