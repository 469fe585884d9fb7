package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.store.LetterFilter;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Posted;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredLetter;
import dev.socketserver.mailbox.store.TransactionalLetterStore;
import dev.socketserver.mailbox.store.TransactionalLetterStore.TransactionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox of an application: puts letters into the store, and has them delivered.
 */
public final class StoredMailbox implements SocketMailbox {

	private static final Set<LetterState> NOT_FINAL = EnumSet.of(LetterState.WAITING, LetterState.SENT);

	private static final Duration SHORTEST_TTL = Duration.ofMillis(1);

	private final StoreAccess access;

	private final MailboxStoreProperties settings;

	private final LetterPayloads payloads;

	private final Deliveries deliveries;

	/**
	 * Creates a mailbox.
	 * @param access the store
	 * @param settings what holds for all letters
	 * @param payloads make bytes of payloads
	 * @param deliveries deliver letters
	 */
	public StoredMailbox(StoreAccess access, MailboxStoreProperties settings, LetterPayloads payloads,
			Deliveries deliveries) {
		this.access = access;
		this.settings = settings;
		this.payloads = payloads;
		this.deliveries = deliveries;
	}

	@Override
	public CompletableFuture<Letter> post(String type, String id, String key, Object payload, @Nullable Duration ttl) {
		Objects.requireNonNull(payload, "payload");
		NewLetter letter;
		try {
			letter = new NewLetter(new Recipient(type, id), key, this.payloads.bytes(type, payload), ttl(ttl));
		}
		catch (IllegalArgumentException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		if (this.access.store() instanceof TransactionalLetterStore store && store.isInTransaction()) {
			return postWithin(store, letter);
		}
		return this.access.askLater((store) -> store.post(letter, this.settings.capacity()), this::posted);
	}

	/** A letter that is part of the caller's transaction. */
	private CompletableFuture<Letter> postWithin(TransactionalLetterStore store, NewLetter letter) {
		Posted posted;
		try {
			// Not by the access: what the transaction fails with may be its own fault.
			posted = store.post(letter, this.settings.capacity());
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		TransactionFuture<Letter> committed = new TransactionFuture<>();
		store.whenCompleted((end) -> {
			committed.over();
			if (end == TransactionEnd.UNKNOWN) {
				postAgain(committed, letter, posted);
			}
			else {
				this.access.complete(committed, () -> completed(committed, posted, end));
			}
		});
		return committed;
	}

	/** A key is stored once: to post it again makes sure that it is. */
	private void postAgain(CompletableFuture<Letter> committed, NewLetter letter, Posted posted) {
		// Never on this thread, whose connection still has what is not committed.
		CompletableFuture<?> unused = this.access
			.askLater((store) -> store.post(letter, this.settings.capacity()),
					(again) -> posted(new Posted(again.letter(), posted.stored())))
			.whenComplete((stored, failure) -> {
				if (failure != null) {
					committed.completeExceptionally(failure);
				}
				else {
					committed.complete(stored);
				}
			});
	}

	private void completed(CompletableFuture<Letter> committed, Posted posted, TransactionEnd end) {
		if (end == TransactionEnd.ROLLED_BACK) {
			committed.completeExceptionally(new MailboxUnavailableException(
					"The letter was not stored: its transaction was rolled back", null));
			return;
		}
		try {
			committed.complete(posted(posted));
		}
		catch (Throwable ex) {
			committed.completeExceptionally(ex);
		}
	}

	private Letter posted(Posted posted) {
		if (posted.stored()) {
			this.deliveries.listener().posted(posted.letter());
			Recipient recipient = new Recipient(posted.letter().type(), posted.letter().id());
			this.deliveries.beginOrHandOver(recipient);
		}
		return posted.letter();
	}

	private Duration ttl(@Nullable Duration ttl) {
		if (ttl == null) {
			return this.settings.ttl();
		}
		if (ttl.compareTo(SHORTEST_TTL) < 0) {
			throw new IllegalArgumentException("The time of a letter must be a millisecond or more, not " + ttl);
		}
		if (ttl.compareTo(this.settings.maxTtl()) > 0) {
			throw new IllegalArgumentException("The time of a letter must be at most socket.mailbox.max-ttl, which is "
					+ this.settings.maxTtl() + ", not " + ttl);
		}
		return ttl;
	}

	@Override
	public CompletableFuture<Optional<Letter>> letter(String type, String id, String key) {
		return find(new Recipient(type, id), key).thenApply((found) -> found.map(StoredLetter::letter));
	}

	@Override
	public CompletableFuture<List<Letter>> letters(String type, String id) {
		Recipient recipient = new Recipient(type, id);
		LetterFilter filter = new LetterFilter(NOT_FINAL, null, Integer.MAX_VALUE);
		return list(recipient, filter).thenApply((all) -> all.stream().map(StoredLetter::letter).toList());
	}

	@Override
	public CompletableFuture<Boolean> cancel(String type, String id, String key) {
		Recipient recipient = new Recipient(type, id);
		if (!NewLetter.isKey(key)) {
			return CompletableFuture.completedFuture(false);
		}
		return this.access.askLater((store) -> store.cancel(recipient, key), (cancelled) -> {
			cancelled.ifPresent((letter) -> {
				this.deliveries.listener().ended(letter);
				// It may have held back those behind it.
				this.deliveries.beginOrHandOver(recipient);
			});
			return cancelled.isPresent();
		});
	}

	/**
	 * Looks a letter up, with its bytes.
	 * @param recipient the identity
	 * @param key the key of the letter
	 * @return completes with the letter, or empty if there is none
	 */
	public CompletableFuture<Optional<StoredLetter>> find(Recipient recipient, String key) {
		if (!NewLetter.isKey(key)) {
			return CompletableFuture.completedFuture(Optional.empty());
		}
		return this.access.askLater((store) -> store.find(recipient, key));
	}

	/**
	 * Lists letters of an identity, with their bytes.
	 * @param recipient the identity
	 * @param filter which of them
	 * @return completes with the letters, the oldest first
	 */
	public CompletableFuture<List<StoredLetter>> list(Recipient recipient, LetterFilter filter) {
		if (filter.after() != null && !NewLetter.isKey(filter.after())) {
			return CompletableFuture.completedFuture(List.of());
		}
		return this.access.askLater((store) -> store.list(recipient, filter));
	}

}
