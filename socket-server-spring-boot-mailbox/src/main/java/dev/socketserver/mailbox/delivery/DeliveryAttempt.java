package dev.socketserver.mailbox.delivery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.mailbox.LetterJudge;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.operator.PeerAccess;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one letter once, and says what came of it.
 */
final class DeliveryAttempt {

	private static final SafeLogger logger = SafeLogger.of(DeliveryAttempt.class);

	private final StoreAccess access;

	private final ServerMailbox settings;

	private final @Nullable LetterJudge judge;

	private final SocketSession session;

	private final ClaimedLetter claimed;

	DeliveryAttempt(StoreAccess access, ServerMailbox settings, @Nullable LetterJudge judge, SocketSession session,
			ClaimedLetter claimed) {
		this.access = access;
		this.settings = settings;
		this.judge = judge;
		this.session = session;
		this.claimed = claimed;
	}

	/**
	 * Sends the letter.
	 * @param left how long that may still be begun
	 * @param then is called with the outcome, on a thread of the mailbox
	 */
	void begin(Duration left, Consumer<Outcome> then) {
		if (this.settings.acknowledge() == Acknowledge.REPLY) {
			CompletableFuture<?> unused = begun(
					(peer) -> peer.ask(this.claimed.payload(), this.settings.timeout(), left))
				.whenCompleteAsync(
						(reply, failure) -> then.accept((failure != null) ? failed(failure) : replied(reply)),
						this.access.threads());
		}
		else {
			write(left, then);
		}
	}

	private CompletableFuture<?> begun(Function<PeerAccess, CompletableFuture<?>> attempt) {
		try {
			return attempt.apply(SessionOperations.of(this.session).peer());
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Goes on where the write ends, which is a thread of the mailbox: another one would
	 * have to be woken. Not on this one, whose stack would grow with each letter.
	 */
	private void write(Duration left, Consumer<Outcome> then) {
		CompletableFuture<?> written = begun(
				(peer) -> peer.send(this.claimed.payload(), this.settings.timeout(), left, this.access.threads()));
		Thread begins = Thread.currentThread();
		AtomicBoolean returned = new AtomicBoolean();
		CompletableFuture<?> unused = written.whenComplete((done, failure) -> {
			Outcome outcome = (failure != null) ? failed(failure) : Outcome.DELIVERED;
			if (Thread.currentThread() == begins && !returned.get()) {
				this.access.run(() -> then.accept(outcome));
			}
			else {
				then.accept(outcome);
			}
		});
		returned.set(true);
	}

	private Outcome replied(Object reply) {
		if (this.judge == null) {
			return Outcome.DELIVERED;
		}
		try {
			LetterState state = this.judge.judge(this.claimed.letter(), reply);
			if (state == LetterState.DELIVERED) {
				return Outcome.DELIVERED;
			}
			return (state == LetterState.REFUSED) ? new Outcome(LetterState.REFUSED, true, "refused by the peer")
					: Outcome.retried("the reply was no acknowledgment");
		}
		catch (Throwable ex) {
			// Whatever it throws: else the identity would get no more letters.
			logger.error("The judge of letters failed with a reply to a letter for {}",
					this.claimed.claim().recipient(), ex);
			return Outcome.retried("the judge failed: " + ex.getClass().getSimpleName());
		}
	}

	private Outcome failed(Throwable thrown) {
		Throwable failure = LoggedFailure.cause(thrown);
		if (failure instanceof PayloadException && failure.getCause() instanceof UnframeablePayloadException) {
			// However often it is tried.
			return new Outcome(LetterState.REFUSED, false, failure.getMessage());
		}
		if (failure instanceof PayloadException && this.judge == null) {
			// Whatever it is, it is a reply.
			return Outcome.DELIVERED;
		}
		if (failure instanceof RequestNotSentException && failure.getCause() instanceof SessionClosedException) {
			return Outcome.notSent("the session ended before the letter had left");
		}
		if (failure instanceof RequestNotSentException && failure.getCause() instanceof IllegalArgumentException) {
			return Outcome.notSent(String.valueOf(failure.getCause().getMessage()));
		}
		if (failure instanceof RequestNotSentException || failure instanceof OutboundFullException) {
			return Outcome.notSent("the peer does not read");
		}
		if (failure instanceof IllegalArgumentException) {
			// The correlator has no key for it, however often it is tried.
			return new Outcome(LetterState.REFUSED, false, failure.getMessage());
		}
		if (failure instanceof SessionClosedException) {
			return Outcome.retried("the session ended before the acknowledgment");
		}
		if (failure instanceof TimeoutException) {
			return Outcome.retried("no acknowledgment within " + this.settings.timeout().toMillis() + " ms");
		}
		String message = failure.getMessage();
		return Outcome.retried(failure.getClass().getSimpleName() + ((message != null) ? ": " + message : ""));
	}

	/**
	 * How an attempt has ended.
	 *
	 * @param state {@link LetterState#DELIVERED}, {@link LetterState#REFUSED}, or
	 * {@link LetterState#WAITING} to try again
	 * @param attempted whether the letter may have left
	 * @param detail why, or {@code null}
	 */
	record Outcome(LetterState state, boolean attempted, @Nullable String detail) {

		private static final int LONGEST_DETAIL = 200;

		static final Outcome DELIVERED = new Outcome(LetterState.DELIVERED, true, null);

		Outcome {
			if (detail != null) {
				String line = detail.replaceAll("\\p{Cntrl}", " ");
				detail = (line.length() > LONGEST_DETAIL) ? line.substring(0, LONGEST_DETAIL) : line;
			}
		}

		static Outcome retried(String detail) {
			return new Outcome(LetterState.WAITING, true, detail);
		}

		static Outcome notSent(String detail) {
			return new Outcome(LetterState.WAITING, false, detail);
		}

	}

}
