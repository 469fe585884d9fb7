package dev.socketserver.actuate.tap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.actuate.WebResponses;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * {@link OperationInvokerAdvisor} for the start of a tap: hands over {@code for}, which
 * no parameter of a method can be called in Java, and refuses selectors that there are
 * not. Boot ignores such parameters, and with a misspelt one more would be tapped than
 * was meant.
 */
public final class TapParametersAdvisor implements OperationInvokerAdvisor {

	private static final EndpointId TAPS = EndpointId.of("sockettaps");

	private static final String DURATION = "for";

	private static final List<String> KNOWN = List.of("session", "server", "client", "bound", "remote", "next",
			DURATION, "bytes");

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpointId.equals(TAPS) || operationType != OperationType.WRITE) {
			return invoker;
		}
		return (context) -> {
			Map<String, Object> arguments = new LinkedHashMap<>();
			for (Map.Entry<String, Object> argument : context.getArguments().entrySet()) {
				if (!KNOWN.contains(argument.getKey())) {
					return WebResponses.unknownParameter(argument.getKey(), KNOWN);
				}
				arguments.put(argument.getKey().equals(DURATION) ? "duration" : argument.getKey(), argument.getValue());
			}
			SecurityContext security = context.resolveArgument(SecurityContext.class);
			return invoker.invoke(new InvocationContext((security != null) ? security : SecurityContext.NONE, arguments,
					new Others(context)));
		};
	}

	/**
	 * Resolves what else there is in a context.
	 *
	 * @param context the context
	 */
	private record Others(InvocationContext context) implements OperationArgumentResolver {

		@Override
		public boolean canResolve(Class<?> type) {
			return this.context.canResolve(type);
		}

		@Override
		public <T> @Nullable T resolve(Class<T> type) {
			return this.context.resolveArgument(type);
		}

	}

}
