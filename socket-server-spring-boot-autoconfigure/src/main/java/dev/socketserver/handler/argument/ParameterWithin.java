package dev.socketserver.handler.argument;

import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/**
 * A parameter of type {@link java.util.Optional} as if it had the type within.
 */
final class ParameterWithin extends MethodParameter {

	private final MethodParameter optional;

	ParameterWithin(MethodParameter optional) {
		super(optional);
		this.optional = optional;
	}

	private ResolvableType within() {
		return ResolvableType.forType(this.optional.getGenericParameterType()).getGeneric();
	}

	@Override
	public Class<?> getParameterType() {
		return within().resolve(Object.class);
	}

	@Override
	public Type getGenericParameterType() {
		return within().getType();
	}

	@Override
	public Annotation[] getParameterAnnotations() {
		return this.optional.getParameterAnnotations();
	}

	@Override
	public boolean isOptional() {
		return true;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ParameterWithin within && this.optional.equals(within.optional);
	}

	@Override
	public int hashCode() {
		return this.optional.hashCode() + 1;
	}

	@Override
	public ParameterWithin clone() {
		return new ParameterWithin(this.optional.clone());
	}

}
