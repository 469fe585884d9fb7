package dev.socketserver.handler.validation;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

import dev.socketserver.payload.PayloadValidationException;
import dev.socketserver.payload.PayloadValidationException.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;

import org.springframework.context.MessageSourceResolvable;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.validation.method.ParameterValidationResult;

/**
 * Makes what the proxy of a bean throws for a payload that is not valid the same as what
 * is thrown without a proxy.
 *
 * @param type the class of the handler
 * @param method its method
 * @param payload the index of the parameter for the payload
 */
public record ProxyViolations(Class<?> type, Method method, int payload) {

	/**
	 * Returns what to throw for an exception of a call.
	 * @param failure the exception
	 * @return the exception, or what stands for it
	 */
	public Exception adapted(Exception failure) {
		List<Violation> violations = new ArrayList<>();
		if (failure instanceof ConstraintViolationException violated) {
			violated.getConstraintViolations().forEach((violation) -> add(violation, violations));
		}
		else if (failure instanceof MethodValidationException violated
				&& violated.getMethod().getName().equals(this.method.getName())
				&& this.type.isInstance(violated.getTarget()) && !violated.isForReturnValue()) {
			violated.getParameterValidationResults().forEach((result) -> add(result, violations));
		}
		violations.sort(Comparator.comparing(Violation::path).thenComparing(Violation::message));
		return violations.isEmpty() ? failure : new PayloadValidationException(violations, failure);
	}

	private void add(ConstraintViolation<?> violation, List<Violation> violations) {
		Iterator<Path.Node> nodes = violation.getPropertyPath().iterator();
		Path.Node called = nodes.next();
		// Another bean, which the handler has called, may be validated likewise.
		boolean ours = violation.getRootBeanClass() == this.type && this.method.getName().equals(called.getName());
		if (ours && nodes.hasNext() && nodes.next() instanceof Path.ParameterNode parameter
				&& parameter.getParameterIndex() == this.payload) {
			violations.add(new Violation(ViolationPath.of(violation.getPropertyPath(), 2), violation.getMessage()));
		}
	}

	private void add(ParameterValidationResult result, List<Violation> violations) {
		if (result.getMethodParameter().getParameterIndex() != this.payload) {
			return;
		}
		String place = (result.getContainerIndex() != null) ? "[" + result.getContainerIndex() + "]"
				: (result.getContainerKey() != null) ? "[]" : "";
		for (MessageSourceResolvable error : result.getResolvableErrors()) {
			String field = (error instanceof FieldError found)
					? found.getField().replaceAll("\\[[^]]*[^]0-9][^]]*]", "[]") : "";
			violations.add(new Violation((place.isEmpty() || field.isEmpty()) ? place + field : place + "." + field,
					String.valueOf(error.getDefaultMessage())));
		}
	}

}
