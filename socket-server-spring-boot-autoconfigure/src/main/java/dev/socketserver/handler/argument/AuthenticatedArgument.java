package dev.socketserver.handler.argument;

import java.security.Principal;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.InvalidHandlerException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;

/**
 * The principal of the session as Spring Security knows it: of an {@link Authentication}
 * what that says, else the principal itself. Loaded only if Spring Security is on the
 * class path.
 *
 * @param type the type that the method takes
 * @param errorOnInvalidType whether to fail where the principal has another type
 */
record AuthenticatedArgument(Class<?> type, boolean errorOnInvalidType) implements Argument {

	/**
	 * Finds the annotation of a parameter.
	 * @param annotations the annotations of the parameter
	 * @param type the type that the method takes
	 * @param subject the parameter, with which messages begin
	 * @return the argument, {@code null} without the annotation
	 * @throws InvalidHandlerException if the annotation has an expression
	 */
	static @Nullable AuthenticatedArgument of(MergedAnnotations annotations, Class<?> type, String subject) {
		MergedAnnotation<AuthenticationPrincipal> found = annotations.get(AuthenticationPrincipal.class);
		if (!found.isPresent()) {
			return null;
		}
		if (!found.getString("expression").isEmpty()) {
			throw new InvalidHandlerException(subject
					+ " is annotated with @AuthenticationPrincipal with an expression, and none is evaluated here",
					"Remove the expression, and take what you need of the principal in the method");
		}
		return new AuthenticatedArgument(type, found.getBoolean("errorOnInvalidType"));
	}

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) {
		Principal principal = session.principal();
		Object value = (principal instanceof Authentication authentication) ? authentication.getPrincipal() : principal;
		if (value == null || this.type.isInstance(value)) {
			return value;
		}
		if (this.errorOnInvalidType) {
			throw new ClassCastException("The principal is of type %s, not of %s".formatted(value.getClass().getName(),
					this.type.getName()));
		}
		return null;
	}

}
