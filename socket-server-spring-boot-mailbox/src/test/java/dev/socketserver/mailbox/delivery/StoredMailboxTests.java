package dev.socketserver.mailbox.delivery;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.MemoryLetterStore;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.TransactionalLetterStore;
import dev.socketserver.mailbox.store.TransactionalLetterStore.TransactionEnd;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A mailbox whose store answers later than its callers wait, or than it is closed. */
class StoredMailboxTests {

	private static final Recipient RECIPIENT = new Recipient("device", "7");

	private static final Duration DAY = Duration.ofDays(1);

	private final LetterStore memory = new MemoryLetterStore(InstantSource.system());

	/** When the store has been asked to cancel something, or what has expired. */
	private final CountDownLatch begun = new CountDownLatch(1);

	/** When the store goes on with that. */
	private final CountDownLatch goesOn = new CountDownLatch(1);

	/** Is called with how the transaction of whoever posts has ended. */
	private final CompletableFuture<Consumer<TransactionEnd>> completed = new CompletableFuture<>();

	private boolean inTransaction;

	private final StoreAccess access = new StoreAccess(stuck(), Duration.ofSeconds(1), Patience.limit());

	private final BlockingQueue<Letter> ended = new LinkedBlockingQueue<>();

	private final Deliveries deliveries = deliveries(this.access);

	private final StoredMailbox mailbox = mailbox(this.access, this.deliveries);

	@AfterEach
	void close() {
		this.goesOn.countDown();
		this.access.close();
	}

	private LetterStore stuck() {
		return (LetterStore) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { TransactionalLetterStore.class }, this::answer);
	}

	@SuppressWarnings("unchecked")
	private @Nullable Object answer(Object proxy, Method method, @Nullable Object[] arguments) throws Exception {
		switch (method.getName()) {
			case "isInTransaction" -> {
				return this.inTransaction;
			}
			case "whenCompleted" -> {
				this.completed.complete((Consumer<TransactionEnd>) Objects.requireNonNull(arguments[0]));
				return null;
			}
			case "expire", "cancel" -> {
				this.begun.countDown();
				Patience.hold(this.goesOn);
			}
			default -> {
			}
		}
		return method.invoke(this.memory, arguments);
	}

	private static MailboxStoreProperties settings() {
		return new MailboxStoreProperties(null, false, SchemaInitialization.NEVER, DAY, DAY, 10, DAY, DAY);
	}

	private static SocketServers servers() {
		throw new IllegalStateException("There are no servers");
	}

	private Deliveries deliveries(StoreAccess access) {
		return new Deliveries(access, settings(), StoredMailboxTests::servers, new OtherNodes(() -> null), () -> null,
				new LetterListener() {

					@Override
					public void ended(Letter letter) {
						StoredMailboxTests.this.ended.add(letter);
					}

				});
	}

	private static StoredMailbox mailbox(StoreAccess access, Deliveries deliveries) {
		return new StoredMailbox(access, settings(), new LetterPayloads(deliveries, StoredMailboxTests::servers),
				deliveries);
	}

	private static void assertUnavailable(CompletableFuture<?> answer) {
		assertThatThrownBy(() -> Patience.await(answer)).cause().isInstanceOf(MailboxUnavailableException.class);
	}

	/** Though nobody posts a letter, and long before the next look at the store. */
	@Test
	void aStoreThatDoesNotAnswerFromTheStartIsAnOutage() {
		this.deliveries.start();

		Patience.within(() -> assertThat(this.access.outage()).isNotNull());
		assertThat(this.begun.getCount()).isZero();
	}

	@Test
	void aLetterThatIsCancelledLateIsFinalForAll() {
		this.memory.post(new NewLetter(RECIPIENT, "a", new byte[1], DAY), 10);
		do {
			// Not begun by a thread that stands still for as long as its caller waits.
			assertUnavailable(this.mailbox.cancel("device", "7", "a"));
		}
		while (this.begun.getCount() > 0);
		this.goesOn.countDown();

		assertThat(Patience.next(this.ended).state()).isEqualTo(LetterState.CANCELLED);
	}

	@Test
	void whatHasFailedBeforeItHasBegunIsNotDone() {
		for (int i = 0; i < 4; i++) {
			this.access.run(() -> Patience.hold(this.goesOn));
		}
		assertUnavailable(this.mailbox.post("device", "7", "a", "do a", null));
		this.goesOn.countDown();
		this.access.close();

		assertThat(this.memory.find(RECIPIENT, "a")).isEmpty();
	}

	@Test
	void whatTheStoreHasNotAnsweredFailsAtTheEnd() {
		StoreAccess ending = new StoreAccess(stuck(), DAY, Duration.ofMillis(10));
		StoredMailbox mailbox = mailbox(ending, deliveries(ending));
		List<CompletableFuture<?>> cancelled = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			cancelled.add(mailbox.cancel("device", "7", "key " + i));
		}
		CompletableFuture<Letter> posted = mailbox.post("device", "7", "a", "do a", null);

		ending.close();

		assertThat(cancelled).allMatch(CompletableFuture::isCompletedExceptionally);
		assertThat(posted).isCompletedExceptionally();
		assertUnavailable(posted);
	}

	@Test
	void whoeverIsInterruptedAtTheEndLeavesNobodyWaiting() {
		StoreAccess ending = new StoreAccess(stuck(), DAY, DAY);
		CompletableFuture<Boolean> cancelled = mailbox(ending, deliveries(ending)).cancel("device", "7", "a");

		Thread.currentThread().interrupt();
		ending.close();

		assertThat(Thread.interrupted()).isTrue();
		assertThat(cancelled).isCompletedExceptionally();
		assertUnavailable(cancelled);
	}

	@Test
	void aLetterWhoseTransactionCommitsAfterTheEndIsStored() {
		this.inTransaction = true;
		CompletableFuture<Letter> posted = this.mailbox.post("device", "7", "a", "do a", null);
		this.access.close();

		this.completed.join().accept(TransactionEnd.COMMITTED);

		assertThat(posted).isCompletedWithValueMatching((letter) -> letter.key().equals("a"));
	}

	@Test
	void aLetterThatMayBeBehindTheCommitIsNotStoredAfterTheEnd() {
		this.inTransaction = true;
		CompletableFuture<Letter> posted = this.mailbox.post("device", "7", "a", "do a", null);
		this.access.close();

		this.completed.join().accept(TransactionEnd.UNKNOWN);

		assertUnavailable(posted);
	}

}
