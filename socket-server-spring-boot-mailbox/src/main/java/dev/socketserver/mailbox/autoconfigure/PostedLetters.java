package dev.socketserver.mailbox.autoconfigure;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.socketserver.exchange.LetterSender;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.jspecify.annotations.Nullable;

/**
 * Posts what methods of interfaces send to a mailbox.
 *
 * @param mailbox the mailbox, which is made when it is first used
 */
record PostedLetters(Supplier<SocketMailbox> mailbox) implements LetterSender {

	@Override
	public Class<?> stateType() {
		return LetterState.class;
	}

	@Override
	public CompletableFuture<LetterState> post(String type, String id, Object payload, @Nullable Duration ttl) {
		return this.mailbox.get().post(type, id, UUID.randomUUID().toString(), payload, ttl).thenApply(Letter::state);
	}

}
