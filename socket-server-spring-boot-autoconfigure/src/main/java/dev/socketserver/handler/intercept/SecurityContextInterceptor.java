package dev.socketserver.handler.intercept;

import java.security.Principal;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.error.FailureReasons;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Gives each call of a handler a {@link SecurityContext} of Spring Security, which has
 * the {@linkplain SocketSession#principal() principal} of its session. An
 * {@link Authentication} is used as it is. Any other principal, such as that of a
 * certificate, becomes an authentication without authorities. A principal that is set in
 * the midst of a call counts at once. What method security throws, and no method answers,
 * closes the session with {@link CloseReason#ACCESS_DENIED}.
 */
public final class SecurityContextInterceptor implements SocketHandlerInterceptor, FailureReasons, PriorityOrdered {

	private final SecurityContextHolderStrategy holder;

	/**
	 * Creates the interceptor.
	 * @param holder holds the contexts
	 */
	public SecurityContextInterceptor(SecurityContextHolderStrategy holder) {
		this.holder = holder;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable Object intercept(HandlerCall call) throws Exception {
		SecurityContext before = this.holder.getContext();
		this.holder.setContext(new SessionContext(call.session()));
		try {
			return call.proceed();
		}
		finally {
			// A call may take place on the thread of somebody else.
			if (before.getAuthentication() != null) {
				this.holder.setContext(before);
			}
			else {
				this.holder.clearContext();
			}
		}
	}

	@Override
	public @Nullable CloseReason reason(Exception failure) {
		boolean denied = failure instanceof AccessDeniedException || failure instanceof AuthenticationException;
		return denied ? CloseReason.ACCESS_DENIED : null;
	}

	/** The context of one call. */
	private static final class SessionContext implements SecurityContext {

		private static final long serialVersionUID = 1L;

		private final transient SocketSession session;

		private transient @Nullable Principal principal;

		private @Nullable Authentication authentication;

		SessionContext(SocketSession session) {
			this.session = session;
		}

		@Override
		public @Nullable Authentication getAuthentication() {
			Principal now = this.session.principal();
			if (now != this.principal) {
				this.principal = now;
				this.authentication = authentication(now);
			}
			return this.authentication;
		}

		@Override
		public void setAuthentication(@Nullable Authentication authentication) {
			this.authentication = authentication;
		}

		private static @Nullable Authentication authentication(@Nullable Principal principal) {
			if (principal == null || principal instanceof Authentication) {
				return (Authentication) principal;
			}
			return UsernamePasswordAuthenticationToken.authenticated(principal, null, List.of());
		}

	}

}
