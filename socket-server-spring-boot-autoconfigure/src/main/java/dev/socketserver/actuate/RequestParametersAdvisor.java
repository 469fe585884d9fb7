package dev.socketserver.actuate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.StringUtils;

/**
 * {@link OperationInvokerAdvisor} that gives operations their {@link RequestParameters},
 * and refuses parameters that they do not have. Boot ignores such parameters, and a
 * misspelt filter that is ignored has a script close the sessions of everybody.
 */
public final class RequestParametersAdvisor implements OperationInvokerAdvisor {

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		return parameters.stream()
			.flatMap((parameter) -> Stream.ofNullable(parameter.getAnnotation(Names.class)))
			.findFirst()
			.map((names) -> advised(List.of(names.value()), invoker))
			.orElse(invoker);
	}

	private static OperationInvoker advised(List<String> known, OperationInvoker invoker) {
		return (context) -> {
			Map<String, String> values = new LinkedHashMap<>();
			for (Map.Entry<String, Object> argument : context.getArguments().entrySet()) {
				if (!known.contains(argument.getKey())) {
					return WebResponses.error(BadParameterException.unknown(argument.getKey(), known),
							WebEndpointResponse.STATUS_BAD_REQUEST);
				}
				if (argument.getValue() != null) {
					values.put(argument.getKey(), text(argument.getValue()));
				}
			}
			SecurityContext security = context.resolveArgument(SecurityContext.class);
			return invoker.invoke(
					new InvocationContext((security != null) ? security : SecurityContext.NONE, context.getArguments(),
							OperationArgumentResolver.of(RequestParameters.class, () -> new RequestParameters(values)),
							new Others(context)));
		};
	}

	/** Of a parameter that is given several times, all values. */
	private static String text(Object value) {
		return (value instanceof Collection<?> all) ? StringUtils.collectionToCommaDelimitedString(all)
				: value.toString();
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
