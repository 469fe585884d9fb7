package dev.socketserver.handler.intercept;

import org.jspecify.annotations.Nullable;

/**
 * What a handler is called with, where it needs more than the payload. Interceptors see
 * the payload alone.
 */
public interface CarriesPayload {

	/**
	 * Returns the payload.
	 * @return the payload
	 */
	@Nullable Object payload();

}
