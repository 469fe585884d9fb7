package dev.socketserver.actuate;

import java.util.function.Supplier;

import dev.socketserver.operation.BadParameterException;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Turns the exception for a wrong request of an operator into that of Boot's endpoints,
 * for HTTP and JMX alike.
 */
final class Requests {

	private Requests() {
	}

	static <T> T answer(Supplier<T> operation) {
		try {
			return operation.get();
		}
		catch (BadParameterException ex) {
			throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), ex.reason(), ex);
		}
	}

}
