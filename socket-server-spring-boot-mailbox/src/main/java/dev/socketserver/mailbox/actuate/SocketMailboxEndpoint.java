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
import dev.socketserver.actuate.EndpointErrors;
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

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that lists the letters of an identity, posts letters, and
 * cancels those that wait. Payloads are never shown.
 */
@Endpoint(id = "socketmailbox")
public class SocketMailboxEndpoint {

	static final WholeNumber SIZE = new WholeNumber("size", 1, 1_000);

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
	 * @param identity its type and id, with a colon between them
	 * @param state only letters in this state, or {@code null}
	 * @param after only letters behind the one with this key, or {@code null}
	 * @param size how many at most, up to 1000; {@code null} for 100
	 * @return the letters
	 * @throws InvalidEndpointRequestException if a parameter makes no sense, or there is
	 * no letter {@code after}
	 * @throws MailboxUnavailableException if the store cannot be used
	 */
	@ReadOperation
	public LettersDescriptor socketMailbox(String identity, @Nullable String state, @Nullable String after,
			@Nullable Integer size) {
		return EndpointErrors.answer(() -> list(identity, state, after, (size != null) ? SIZE.check(size) : null));
	}

	LettersDescriptor list(String identity, @Nullable String state, @Nullable String after, @Nullable Integer size) {
		Recipient recipient = recipient(identity);
		LetterFilter filter = new LetterFilter((state != null) ? Set.of(state(state)) : ALL, after,
				(size != null) ? size : DEFAULT_SIZE);
		List<StoredLetter> found = await(this.mailbox.get().list(recipient, filter));
		if (found.isEmpty() && after != null && await(this.mailbox.get().find(recipient, after)).isEmpty()) {
			throw unknown(recipient, after);
		}
		return new LettersDescriptor(found.stream().map(LetterDescriptor::of).toList());
	}

	/**
	 * Posts a letter.
	 * @param identity the type and id of the identity, with a colon between them
	 * @param key what distinguishes the letter from others
	 * @param payload its text
	 * @param ttl how long it may wait, as a duration such as {@code 1h}; milliseconds
	 * without a unit; {@code null} for {@code socket.mailbox.ttl}
	 * @return the letter that has the key
	 * @throws InvalidEndpointRequestException if a parameter makes no sense
	 * @throws IllegalStateException if too many letters wait
	 * @throws MailboxUnavailableException if the store cannot be used
	 */
	@WriteOperation
	public LetterDescriptor postSocketLetter(String identity, String key, String payload, @Nullable String ttl) {
		return EndpointErrors.answer(() -> post(identity, key, payload, ttl));
	}

	LetterDescriptor post(String identity, String key, @Nullable String payload, @Nullable String time) {
		Recipient recipient = recipient(identity);
		if (payload == null) {
			throw new BadParameterException("payload is required", "Missing parameter");
		}
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
	}

	private StoredLetter stored(Recipient recipient, String key) {
		StoredLetter letter = await(this.mailbox.get().find(recipient, key)).orElse(null);
		if (letter == null) {
			throw new RefusedOperationException("The letter is final, and was forgotten");
		}
		return letter;
	}

	/**
	 * Cancels a letter that waits.
	 * @param identity the type and id of the identity, with a colon between them
	 * @param key the key of the letter
	 * @return the letter
	 * @throws InvalidEndpointRequestException if a parameter makes no sense, or there is
	 * no such letter
	 * @throws IllegalStateException if it is being sent or final
	 * @throws MailboxUnavailableException if the store cannot be used
	 */
	@DeleteOperation
	public LetterDescriptor cancelSocketLetter(String identity, String key) {
		// Not void: Boot would consider that another operation than the one of the web
		// extension.
		return EndpointErrors.answer(() -> {
			cancel(identity, key);
			return LetterDescriptor.of(stored(recipient(identity), key));
		});
	}

	void cancel(String identity, @Nullable String key) {
		Recipient recipient = recipient(identity);
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
