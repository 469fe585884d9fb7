package dev.socketserver.actuate;

import java.util.function.Supplier;

import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.NoReplyException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.UnknownTargetException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Turns what an operation of an endpoint returns or throws into a response: 200 or 204,
 * 400 for a bad parameter, 404 for an unknown name or id, 409 for an action that does not
 * fit the state or has failed, 504 for a peer that does not reply. Whatever else an
 * operation throws is thrown on. Every error has a body with its reason. For the
 * endpoints of this project, not for applications.
 */
public final class WebResponses {

	/** The status of what does not fit the state, or has failed. */
	public static final int STATUS_CONFLICT = 409;

	private WebResponses() {
	}

	/**
	 * Responds with what an operation returns.
	 * @param operation the operation
	 * @return the response
	 */
	public static WebEndpointResponse<OperationResponseBody> ok(Supplier<? extends OperationResponseBody> operation) {
		return respond(() -> new WebEndpointResponse<>(operation.get()));
	}

	/** Responds to a request for something that may not exist. */
	static WebEndpointResponse<OperationResponseBody> found(Supplier<? extends @Nullable OperationResponseBody> lookup,
			Supplier<UnknownTargetException> unknown) {
		return ok(() -> {
			OperationResponseBody body = lookup.get();
			if (body == null) {
				throw unknown.get();
			}
			return body;
		});
	}

	/** Returns the action that a request must name. */
	static String action(@Nullable String action, String names) {
		if (action == null) {
			throw new InvalidEndpointRequestException("An action is required: one of " + names, "Missing action");
		}
		return action;
	}

	/**
	 * Responds without a body.
	 * @param operation what to do
	 * @return the response
	 */
	public static WebEndpointResponse<OperationResponseBody> noContent(Runnable operation) {
		return respond(() -> {
			operation.run();
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
		});
	}

	/** Responds as an operation does, or with what it throws. */
	static WebEndpointResponse<OperationResponseBody> respond(
			Supplier<WebEndpointResponse<OperationResponseBody>> operation) {
		try {
			return operation.get();
		}
		catch (UnknownTargetException ex) {
			return error(ex, WebEndpointResponse.STATUS_NOT_FOUND);
		}
		catch (InvalidEndpointRequestException | BadParameterException ex) {
			return error(ex, WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		catch (RefusedOperationException ex) {
			return error(ex, STATUS_CONFLICT);
		}
		catch (NoReplyException ex) {
			return error(ex, NodeOperation.GATEWAY_TIMEOUT);
		}
	}

	/**
	 * Responds with an error.
	 * @param ex what is wrong
	 * @param status the status of HTTP
	 * @return the response
	 */
	public static WebEndpointResponse<OperationResponseBody> error(RuntimeException ex, int status) {
		return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(ex.getMessage())), status);
	}

	/**
	 * Why a request was refused. For hints of the endpoints of this project, not for
	 * applications.
	 *
	 * @param error the reason
	 */
	public record ErrorDescriptor(String error) implements OperationResponseBody {

	}

}
