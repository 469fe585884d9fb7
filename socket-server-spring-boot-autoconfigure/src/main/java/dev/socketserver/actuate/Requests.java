package dev.socketserver.actuate;

import java.util.function.Supplier;

import dev.socketserver.operation.BadParameterException;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Turns what is wrong with an operator's request into the exception that Boot's endpoints
 * have for it, on whatever way the request came.
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
