package dev.socketserver.handler.payload;

import java.util.Map;

import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.ThreadContextElement;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.core.PropagationContextElement;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;

/**
 * What a thread knows of a call, for the coroutine that the call begins, on whatever
 * thread that goes on: the log context, the security context if Spring Security is there,
 * and with Micrometer's context propagation all that is registered there, such as the
 * trace. Loaded only for suspend functions.
 */
final class CallContext {

	private static final boolean SECURITY = ClassUtils.isPresent(
			"org.springframework.security.core.context.SecurityContextHolder", CallContext.class.getClassLoader());

	private static final boolean PROPAGATION = ClassUtils.isPresent("io.micrometer.context.ContextSnapshot",
			CallContext.class.getClassLoader());

	private CallContext() {
	}

	/** Adds what the calling thread knows to a context of coroutines. */
	static CoroutineContext with(CoroutineContext context) {
		// Its scopes may change the log context, so that it is the outer one.
		CoroutineContext propagated = PROPAGATION ? context.plus(new PropagationContextElement()) : context;
		CoroutineContext logged = propagated.plus(new LogElement(MDC.getCopyOfContextMap()));
		return SECURITY ? logged.plus(new SecurityElement(SecurityContextHolder.getContext())) : logged;
	}

	/** The log context. */
	private static final class LogElement extends AbstractCoroutineContextElement
			implements ThreadContextElement<@Nullable Map<String, String>> {

		private static final Key<LogElement> KEY = new Key<>() {
		};

		private final @Nullable Map<String, String> held;

		LogElement(@Nullable Map<String, String> held) {
			super(KEY);
			this.held = held;
		}

		@Override
		public @Nullable Map<String, String> updateThreadContext(CoroutineContext context) {
			Map<String, String> before = MDC.getCopyOfContextMap();
			set(this.held);
			return before;
		}

		@Override
		public void restoreThreadContext(CoroutineContext context, @Nullable Map<String, String> before) {
			set(before);
		}

		private static void set(@Nullable Map<String, String> map) {
			if (map != null) {
				MDC.setContextMap(map);
			}
			else {
				MDC.clear();
			}
		}

	}

	/** The security context. */
	private static final class SecurityElement extends AbstractCoroutineContextElement
			implements ThreadContextElement<SecurityContext> {

		private static final Key<SecurityElement> KEY = new Key<>() {
		};

		private final SecurityContext held;

		SecurityElement(SecurityContext held) {
			super(KEY);
			this.held = held;
		}

		@Override
		public SecurityContext updateThreadContext(CoroutineContext context) {
			SecurityContext before = SecurityContextHolder.getContext();
			SecurityContextHolder.setContext(this.held);
			return before;
		}

		@Override
		public void restoreThreadContext(CoroutineContext context, SecurityContext before) {
			if (before.getAuthentication() != null) {
				SecurityContextHolder.setContext(before);
			}
			else {
				SecurityContextHolder.clearContext();
			}
		}

	}

}
