package dev.socketserver.mailbox.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.delivery.StoredMailbox;
import dev.socketserver.mailbox.store.LetterFilter;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredLetter;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.Durations;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.WholeNumber;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * {@link WebEndpoint @WebEndpoint} that lists the letters of an identity, posts letters,
 * and cancels those that wait. Payloads are never shown. Every answer of 400, 404, 409 or
 * 503 has the body <code>{"error": "…"}</code>.
 */
@WebEndpoint(id = "socketmailbox")
@RegisterReflectionForBinding({ SocketMailboxEndpoint.LettersDescriptor.class,
		SocketMailboxEndpoint.LetterDescriptor.class, WebResponses.ErrorDescriptor.class })
public class SocketMailboxEndpoint {

	private static final int STATUS_UNAVAILABLE = 503;

	private static final WholeNumber SIZE = new WholeNumber("size", 1, 1_000);

	private static final int DEFAULT_SIZE = 100;

	private static final Set<LetterState> ALL = EnumSet.allOf(LetterState.class);

	private final Supplier<StoredMailbox> mailbox;

	/**
	 * Creates the endpoint.
	 * @param mailbox gives the mailbox; asked with the first request
	 */
	public SocketMailboxEndpoint(Supplier<StoredMailbox> mailbox) {
		this.mailbox = mailbox;
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
		return stored(() -> WebResponses.ok(() -> {
			Recipient recipient = recipient(request.required("identity"));
			String state = request.text("state");
			String after = request.text("after");
			Integer size = SIZE.read(request.text("size"));
			LetterFilter filter = new LetterFilter((state != null) ? Set.of(state(state)) : ALL, after,
					(size != null) ? size : DEFAULT_SIZE);
			List<StoredLetter> found = await(this.mailbox.get().list(recipient, filter));
			if (found.isEmpty() && after != null && await(this.mailbox.get().find(recipient, after)).isEmpty()) {
				throw unknown(recipient, after);
			}
			return new LettersDescriptor(found.stream().map(LetterDescriptor::of).toList());
		}));
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
		return stored(() -> WebResponses.ok(() -> {
			Recipient recipient = recipient(identity.get());
			String key = request.required("key");
			String payload = request.values().get("payload");
			if (payload == null) {
				throw new BadParameterException("payload is required", "Missing parameter");
			}
			String time = request.text("ttl");
			Duration ttl = (time != null) ? Durations.of("ttl", time) : null;
			try {
				await(this.mailbox.get().post(recipient.type(), recipient.id(), key, payload, ttl));
			}
			catch (MailboxFullException ex) {
				throw new RefusedOperationException(String.valueOf(ex.getMessage()), ex);
			}
			catch (IllegalArgumentException ex) {
				throw new BadParameterException(String.valueOf(ex.getMessage()), "Bad parameter");
			}
			return LetterDescriptor.of(stored(recipient, key));
		}));
	}

	private StoredLetter stored(Recipient recipient, String key) {
		StoredLetter letter = await(this.mailbox.get().find(recipient, key)).orElse(null);
		if (letter == null) {
			throw new RefusedOperationException("The letter is final, and was forgotten");
		}
		return letter;
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
		return stored(() -> WebResponses.noContent(() -> cancel(recipient(identity.get()), key)));
	}

	private void cancel(Recipient recipient, @Nullable String key) {
		if (key == null || key.isEmpty()) {
			throw new BadParameterException("key is required", "Missing parameter");
		}
		if (!await(this.mailbox.get().cancel(recipient.type(), recipient.id(), key))) {
			Letter letter = await(this.mailbox.get().letter(recipient.type(), recipient.id(), key))
				.orElseThrow(() -> unknown(recipient, key));
			throw new RefusedOperationException("The letter '" + key + "' to " + recipient + " is " + letter.state());
		}
	}

	private static UnknownTargetException unknown(Recipient recipient, String key) {
		return new UnknownTargetException("There is no letter '" + key + "' to " + recipient);
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

	private static <T> T await(CompletableFuture<T> answer) {
		try {
			return answer.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	private static Recipient recipient(String text) {
		try {
			return Recipient.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw BadParameterException.value("identity", text, "a type and an id with a colon between them",
					"Bad parameter");
		}
	}

	private static LetterState state(String text) {
		try {
			return LetterState.valueOf(text.toUpperCase(Locale.ROOT));
		}
		catch (IllegalArgumentException ex) {
			throw BadParameterException.value("state", text,
					"one of " + String.join(", ", ALL.stream().map(LetterState::name).toList()), "Bad parameter");
		}
	}

	/**
	 * Letters.
	 *
	 * @param letters the letters, the oldest first
	 */
	public record LettersDescriptor(List<LetterDescriptor> letters) implements OperationResponseBody {

	}

	/**
	 * A letter.
	 *
	 * @param identity whom it is for
	 * @param key its key
	 * @param state its state
	 * @param attempts how often it was sent
	 * @param bytes how many bytes its payload has
	 * @param postedAt when it was posted
	 * @param expiresAt when it expires
	 * @param endedAt when it became final, or {@code null}
	 * @param detail why it is in its state, or {@code null}
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	@JsonPropertyOrder({ "identity", "key", "state", "attempts", "bytes", "postedAt", "expiresAt", "endedAt",
			"detail" })
	public record LetterDescriptor(String identity, String key, LetterState state, int attempts, int bytes,
			Instant postedAt, Instant expiresAt, @Nullable Instant endedAt,
			@Nullable String detail) implements OperationResponseBody {

		static LetterDescriptor of(StoredLetter stored) {
			Letter letter = stored.letter();
			return new LetterDescriptor(letter.type() + ":" + letter.id(), letter.key(), letter.state(),
					letter.attempts(), stored.bytes(), letter.postedAt(), letter.expiresAt(), letter.endedAt(),
					letter.detail());
		}

	}

}
