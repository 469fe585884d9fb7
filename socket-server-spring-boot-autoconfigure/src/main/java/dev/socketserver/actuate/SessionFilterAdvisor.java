package dev.socketserver.actuate;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * {@link OperationInvokerAdvisor} that refuses parameters which the lists of the
 * {@link SocketSessionsEndpoint} do not have. Boot ignores such parameters, and a
 * misspelt filter that is ignored has a script close the sessions of everybody.
 */
public final class SessionFilterAdvisor implements OperationInvokerAdvisor {

	private static final EndpointId SESSIONS = EndpointId.of("socketsessions");

	/** The parameter of the operations on one session, which is part of the path. */
	private static final String SELECTOR = "id";

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		Set<String> known = new LinkedHashSet<>();
		for (OperationParameter parameter : parameters) {
			if (parameter.getType() == String.class || parameter.getType() == Integer.class
					|| parameter.getType() == Boolean.class) {
				known.add(parameter.getName());
			}
		}
		if (!endpointId.equals(SESSIONS) || known.contains(SELECTOR)) {
			return invoker;
		}
		return (context) -> {
			for (String name : context.getArguments().keySet()) {
				if (!known.contains(name)) {
					// Only over HTTP: JMX has no other parameters than those of the
					// operation.
					return WebResponses.unknownParameter(name, known);
				}
			}
			return invoker.invoke(context);
		};
	}

}
