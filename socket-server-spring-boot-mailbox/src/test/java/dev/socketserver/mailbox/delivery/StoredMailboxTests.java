package dev.socketserver.mailbox.delivery;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A mailbox whose store answers later than its callers wait. */
class StoredMailboxTests {

	private static final Recipient RECIPIENT = new Recipient("device", "7");

	private static final Duration DAY = Duration.ofDays(1);

	private final LetterStore memory = new MemoryLetterStore(InstantSource.system());

	/** When the store goes on with what is to be cancelled. */
	private final CountDownLatch goesOn = new CountDownLatch(1);

	private final StoreAccess access = new StoreAccess(stuck(), Duration.ofSeconds(1));

	private final BlockingQueue<Letter> ended = new LinkedBlockingQueue<>();

	private final StoredMailbox mailbox = mailbox();

	@AfterEach
	void close() {
		this.goesOn.countDown();
		this.access.close();
	}

	private LetterStore stuck() {
		return (LetterStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { LetterStore.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("cancel")) {
						Patience.hold(this.goesOn);
					}
					return method.invoke(this.memory, arguments);
				});
	}

	private StoredMailbox mailbox() {
		MailboxStoreProperties settings = new MailboxStoreProperties(null, false, SchemaInitialization.NEVER, DAY, DAY,
				10, DAY, DAY);
		Supplier<SocketServers> servers = () -> {
			throw new IllegalStateException("There are no servers");
		};
		Deliveries deliveries = new Deliveries(this.access, settings, servers, new OtherNodes(() -> null), () -> null,
				new LetterListener() {

					@Override
					public void ended(Letter letter) {
						StoredMailboxTests.this.ended.add(letter);
					}

				});
		return new StoredMailbox(this.access, settings, new LetterPayloads(deliveries, servers), deliveries);
	}

	private static void assertUnavailable(CompletableFuture<?> answer) {
		assertThatThrownBy(() -> Patience.await(answer)).cause().isInstanceOf(MailboxUnavailableException.class);
	}

	@Test
	void aLetterThatIsCancelledLateIsFinalForAll() {
		this.memory.post(new NewLetter(RECIPIENT, "a", new byte[1], DAY), 10);
		assertUnavailable(this.mailbox.cancel("device", "7", "a"));
		this.goesOn.countDown();

		assertThat(Patience.next(this.ended).state()).isEqualTo(LetterState.CANCELLED);
	}

	@Test
	void whatHasFailedBeforeItHasBegunIsNotDone() {
		List<CompletableFuture<?>> answers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			answers.add(this.mailbox.cancel("device", "7", "key " + i));
		}
		answers.add(this.mailbox.post("device", "7", "a", "do a", null));
		answers.forEach(StoredMailboxTests::assertUnavailable);
		this.goesOn.countDown();
		this.access.close();

		assertThat(this.memory.find(RECIPIENT, "a")).isEmpty();
	}

}
