package dev.socketserver.actuate;

import java.util.function.Supplier;

import dev.socketserver.operation.BadParameterException;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Turns the exception for a wrong request of an operator into that of Boot's endpoints,
 * for HTTP and JMX alike.
 */
public final class EndpointErrors {

	private EndpointErrors() {
	}

	/**
	 * Performs an operation.
	 * @param operation the operation
	 * @param <T> the type of its result
	 * @return its result
	 * @throws InvalidEndpointRequestException if the request is wrong
	 */
	public static <T> T answer(Supplier<T> operation) {
		try {
			return operation.get();
		}
		catch (BadParameterException ex) {
			throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), ex.reason(), ex);
		}
	}

}
