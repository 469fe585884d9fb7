package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.MailboxUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Where letters are. Safe for use by several threads, and by several nodes at once. The
 * methods wait for the store; each throws a {@link MailboxUnavailableException} if that
 * cannot be used. Only the clock of the store counts.
 */
public interface LetterStore {

	/**
	 * Stores a letter, unless its recipient has one with the key.
	 * @param letter the letter
	 * @param capacity how many letters that are not final a recipient may have
	 * @return what became of it
	 * @throws MailboxFullException if the recipient has so many
	 */
	Posted post(NewLetter letter, int capacity);

	/**
	 * Looks a letter up.
	 * @param recipient whom it is for
	 * @param key its key
	 * @return the letter, with its bytes, or empty
	 */
	Optional<StoredLetter> find(Recipient recipient, String key);

	/**
	 * Lists letters, the oldest first.
	 * @param recipient whom they are for
	 * @param filter which of them
	 * @return the letters
	 */
	List<StoredLetter> list(Recipient recipient, LetterFilter filter);

	/**
	 * Cancels a letter that waits.
	 * @param recipient whom it is for
	 * @param key its key
	 * @return the letter if this call has cancelled it, else empty
	 */
	Optional<Letter> cancel(Recipient recipient, String key);

	/**
	 * Claims the oldest letter that is not final, so that it is {@link LetterState#SENT}.
	 * It is so for {@link Claimer#hold()} at most: if the claimer has said nothing by
	 * then, as one that is frozen, it waits again, and anybody may claim it. Letters in
	 * front of it that have expired end here. So does one whose last attempt is over,
	 * without its claimer having said how.
	 * @param recipient whom it is for
	 * @param claimer who wants it
	 * @return the letter, or when to ask again
	 */
	NextLetter claim(Recipient recipient, Claimer claimer);

	/**
	 * Ends a letter.
	 * @param claim the right to do so
	 * @param attempted whether it may have left; else it was no attempt
	 * @param state its final state
	 * @param detail why, or {@code null}
	 * @return the letter, also if this call repeats one whose answer was lost; empty if
	 * another has claimed it meanwhile
	 */
	Optional<Letter> end(Claim claim, boolean attempted, LetterState state, @Nullable String detail);

	/**
	 * Ends a letter, and claims the next one of its recipient. A call that has failed may
	 * have done the first, the second, or both.
	 * @param claim the right to end the letter
	 * @param state its final state
	 * @param detail why, or {@code null}
	 * @param claimer who wants the next one
	 * @return as {@link #claim}; the letter is the first of those that have ended, unless
	 * another has claimed it meanwhile
	 */
	default NextLetter endAndClaim(Claim claim, LetterState state, @Nullable String detail, Claimer claimer) {
		return end(claim, true, state, detail).map((ended) -> claim(claim.recipient(), claimer).behind(ended))
			.orElseGet(() -> claim(claim.recipient(), claimer));
	}

	/**
	 * Has a letter wait again.
	 * @param claim the right to do so
	 * @param attempted whether it may have left; else it was no attempt
	 * @param pause how long it waits at least
	 * @param detail why, or {@code null}
	 */
	void giveBack(Claim claim, boolean attempted, Duration pause, @Nullable String detail);

	/**
	 * Ends letters that have expired.
	 * @param most at most so many
	 * @return those that this call has ended
	 */
	List<Letter> expire(int most);

	/**
	 * Forgets letters that have been final for long.
	 * @param keep for how long they are kept
	 */
	void forget(Duration keep);

	/**
	 * Finds out for whom there may be something to send now.
	 * @param recipients who is there
	 * @return those who have letters that wait for no time; one before it may do so
	 */
	Set<Recipient> due(Collection<Recipient> recipients);

	/**
	 * Finds out whether letters can be read and written, and changes none.
	 */
	default void check() {
		long unused = count();
	}

	/**
	 * Counts the letters that are not final.
	 * @return the number
	 */
	long count();

}
