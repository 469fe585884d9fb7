package dev.socketserver.handler.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.payload.PayloadValidationException;
import dev.socketserver.payload.PayloadValidationException.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

/**
 * Validates payloads of one parameter, with the groups that it names. A collection, array
 * or map is validated by its elements. Safe for use by several threads.
 */
public final class PayloadValidation {

	private final Validator validator;

	private final Class<?>[] groups;

	/**
	 * Creates the validation of a parameter.
	 * @param validator the validator
	 * @param groups the groups, none for the default one
	 */
	PayloadValidation(Validator validator, Class<?>... groups) {
		this.validator = validator;
		this.groups = groups;
	}

	/**
	 * Validates a payload.
	 * @param payload the payload
	 * @throws PayloadValidationException if it does not satisfy its constraints
	 */
	void check(Object payload) throws PayloadValidationException {
		Set<ConstraintViolation<?>> found = new LinkedHashSet<>();
		List<Violation> violations = new ArrayList<>();
		Collection<?> elements = elements(payload);
		if (elements == null) {
			check(payload, "", found, violations);
		}
		else {
			int index = 0;
			for (Object element : elements) {
				if (element != null) {
					check(element, (payload instanceof Map) ? "[]" : "[" + index + "]", found, violations);
				}
				index++;
			}
		}
		if (!violations.isEmpty()) {
			violations.sort(Comparator.comparing(Violation::path).thenComparing(Violation::message));
			throw new PayloadValidationException(violations, new ConstraintViolationException(found));
		}
	}

	private static @Nullable Collection<?> elements(Object payload) {
		if (payload instanceof Map<?, ?> map) {
			return map.values();
		}
		if (payload instanceof Object[] array) {
			return Arrays.asList(array);
		}
		return (payload instanceof Collection<?> collection) ? collection : null;
	}

	private void check(Object value, String place, Set<ConstraintViolation<?>> found, List<Violation> violations) {
		for (ConstraintViolation<Object> violation : this.validator.validate(value, this.groups)) {
			found.add(violation);
			String path = ViolationPath.of(violation.getPropertyPath(), 0);
			violations.add(new Violation((place.isEmpty() || path.isEmpty()) ? place + path : place + "." + path,
					violation.getMessage()));
		}
	}

}
