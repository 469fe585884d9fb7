package dev.socketserver.mailbox.actuate;

import java.util.function.Supplier;

import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.actuate.SocketMailboxEndpoint.LetterDescriptor;
import dev.socketserver.mailbox.actuate.SocketMailboxEndpoint.LettersDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link SocketMailboxEndpoint}: the same operations, which refuse with a status of HTTP.
 * Every answer of 400, 404, 409 or 503 has the body <code>{"error": "…"}</code>.
 */
@EndpointWebExtension(endpoint = SocketMailboxEndpoint.class)
@RegisterReflectionForBinding({ LettersDescriptor.class, LetterDescriptor.class, WebResponses.ErrorDescriptor.class })
public class SocketMailboxEndpointWebExtension {

	private static final int STATUS_UNAVAILABLE = 503;

	private final SocketMailboxEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public SocketMailboxEndpointWebExtension(SocketMailboxEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Lists letters of an identity, the oldest first.
	 * @param request
	 * <ul>
	 * <li>{@code identity}: its type and id, with a colon between them</li>
	 * <li>{@code state}: only letters in this state</li>
	 * <li>{@code after}: only letters behind the one with this key</li>
	 * <li>{@code size}: how many at most, up to 1000; by default 100</li>
	 * </ul>
	 * @return the letters; 400 for a parameter that makes no sense, 404 if there is no
	 * letter {@code after}, 503 if the store cannot be used
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketMailbox(
			@Names({ "identity", "state", "after", "size" }) RequestParameters request) {
		return stored(() -> WebResponses.ok(() -> this.delegate.list(request.required("identity"),
				request.text("state"), request.text("after"), SocketMailboxEndpoint.SIZE.read(request.text("size")))));
	}

	/**
	 * Posts a letter, as {@link #postSocketLetter(String, RequestParameters)} does, also
	 * where the path of a request cannot carry the identity: web servers refuse a
	 * {@code %2F}.
	 * @param request
	 * <ul>
	 * <li>{@code identity}: its type and id, with a colon between them</li>
	 * <li>{@code key}, {@code payload}, {@code ttl}: as there</li>
	 * </ul>
	 * @return as there
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> postSocketLetter(
			@Names({ "identity", "key", "payload", "ttl" }) RequestParameters request) {
		return post(() -> request.required("identity"), request);
	}

	/**
	 * Posts a letter.
	 * @param identity the type and id of the identity, with a colon between them
	 * @param request
	 * <ul>
	 * <li>{@code key}: what distinguishes the letter from others</li>
	 * <li>{@code payload}: its text</li>
	 * <li>{@code ttl}: how long it may wait, as a duration such as {@code 1h};
	 * milliseconds without a unit; by default {@code socket.mailbox.ttl}</li>
	 * </ul>
	 * @return the letter that has the key; 400 for a parameter that makes no sense, 409
	 * if too many letters wait, 503 if the store cannot be used
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> postSocketLetter(@Selector String identity,
			@Names({ "identity", "key", "payload", "ttl" }) RequestParameters request) {
		return post(() -> identity, request);
	}

	private WebEndpointResponse<OperationResponseBody> post(Supplier<String> identity, RequestParameters request) {
		return stored(() -> WebResponses.ok(() -> this.delegate.post(identity.get(), request.required("key"),
				request.values().get("payload"), request.text("ttl"))));
	}

	/**
	 * Cancels a letter that waits, as {@link #cancelSocketLetter(String, String)} does,
	 * also where the path of a request cannot carry the identity.
	 * @param request
	 * <ul>
	 * <li>{@code identity}: its type and id, with a colon between them</li>
	 * <li>{@code key}: the key of the letter</li>
	 * </ul>
	 * @return as there
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> cancelSocketLetter(
			@Names({ "identity", "key" }) RequestParameters request) {
		return cancelled(() -> request.required("identity"), request.values().get("key"));
	}

	/**
	 * Cancels a letter that waits.
	 * @param identity the type and id of the identity, with a colon between them
	 * @param key the key of the letter
	 * @return 204; 404 if there is no such letter, 409 if it is being sent or final, 400
	 * for what is no identity, 503 if the store cannot be used
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> cancelSocketLetter(@Selector String identity,
			@Nullable String key) {
		return cancelled(() -> identity, key);
	}

	private WebEndpointResponse<OperationResponseBody> cancelled(Supplier<String> identity, @Nullable String key) {
		return stored(() -> WebResponses.noContent(() -> this.delegate.cancel(identity.get(), key)));
	}

	private static WebEndpointResponse<OperationResponseBody> stored(
			Supplier<WebEndpointResponse<OperationResponseBody>> operation) {
		try {
			return operation.get();
		}
		catch (MailboxUnavailableException ex) {
			return WebResponses.error(ex, STATUS_UNAVAILABLE);
		}
	}

}
