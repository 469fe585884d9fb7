package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.time.Instant;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import org.jspecify.annotations.Nullable;

/**
 * What a store has of a letter beside its payload, and what follows from it at a time of
 * the store's clock. Instants are in milliseconds since 1970.
 *
 * @param recipient whom it is for
 * @param key its key
 * @param state as it is stored; time may have changed it
 * @param attempts how often it was claimed, without those that never left
 * @param postedAt when it was posted
 * @param expiresAt when it expires
 * @param until while it is sent, when its claim is over; while it waits, when it may be
 * claimed
 * @param token the token of the last claim
 * @param holder who has claimed it last, or {@code null}
 * @param endedAt when it became final, or 0
 * @param detail why it is in its state, or {@code null}
 */
public record StoredState(Recipient recipient, String key, LetterState state, int attempts, long postedAt,
		long expiresAt, long until, long token, @Nullable String holder, long endedAt, @Nullable String detail) {

	/** A letter that has just been posted. */
	public static StoredState posted(NewLetter letter, long now) {
		return new StoredState(letter.recipient(), letter.key(), LetterState.WAITING, 0, now,
				now + letter.ttl().toMillis(), 0, 0, null, 0, null);
	}

	/** The letter as applications see it. */
	public Letter letter(long now) {
		LetterState seen = state(now);
		long ended = (seen == LetterState.EXPIRED) ? this.expiresAt : this.endedAt;
		return new Letter(this.recipient.type(), this.recipient.id(), this.key, seen, this.attempts,
				Instant.ofEpochMilli(this.postedAt), Instant.ofEpochMilli(this.expiresAt),
				seen.isFinal() ? Instant.ofEpochMilli(ended) : null, this.detail);
	}

	/** Its state at a time. */
	public LetterState state(long now) {
		if (this.state == LetterState.SENT && now < this.until) {
			return this.state;
		}
		return this.state.isFinal() ? this.state : (now < this.expiresAt) ? LetterState.WAITING : LetterState.EXPIRED;
	}

	/** How long it may not be claimed yet; zero if it may be, unless it is final. */
	public Duration heldFor(long now) {
		return Duration.ofMillis(Math.max(0, this.until - now));
	}

	/** Whether a claim is the last one of this letter, and has not been ended. */
	public boolean isHeldBy(Claim claim) {
		return this.state == LetterState.SENT && isLast(claim, true);
	}

	/** Whether the holder of a claim has brought the letter to a final state. */
	public boolean isEndOf(Claim claim, boolean attempted, LetterState end) {
		return this.state == end && isLast(claim, attempted);
	}

	private boolean isLast(Claim claim, boolean attempted) {
		return this.token == claim.token() && this.attempts == claim.attempts(attempted)
				&& claim.holder().equals(this.holder);
	}

	/** The letter when it is claimed. */
	public StoredState claimed(Claimer claimer, long now) {
		return new StoredState(this.recipient, this.key, LetterState.SENT, this.attempts + 1, this.postedAt,
				this.expiresAt, now + claimer.hold().toMillis(), claimer.token(), claimer.holder(), 0, null);
	}

	/** The right that goes with its last claim. */
	public Claim claim() {
		return new Claim(this.recipient, this.key, this.token, (this.holder != null) ? this.holder : "", this.attempts);
	}

	/** The letter when it waits again. */
	public StoredState waiting(boolean attempted, Duration pause, @Nullable String why, long now) {
		return new StoredState(this.recipient, this.key, LetterState.WAITING, attempts(attempted), this.postedAt,
				this.expiresAt, now + pause.toMillis(), this.token, this.holder, 0, why);
	}

	/** The letter when it is final. */
	public StoredState ended(LetterState end, @Nullable String why, long now) {
		return ended(true, end, why, now);
	}

	/** The letter when it is final, and its claim may have been no attempt. */
	public StoredState ended(boolean attempted, LetterState end, @Nullable String why, long now) {
		return new StoredState(this.recipient, this.key, end, attempts(attempted), this.postedAt, this.expiresAt, 0,
				this.token, this.holder, (end == LetterState.EXPIRED) ? this.expiresAt : now, why);
	}

	private int attempts(boolean attempted) {
		return attempted ? this.attempts : this.attempts - 1;
	}

	/**
	 * The letter as it is to be stored when time has made it final: when it has expired,
	 * or its attempts are over and the claimer of the last one is silent.
	 * @return that, or {@code null} if it is not final, or was before
	 */
	public @Nullable StoredState endedByTime(int attempts, long now) {
		if (this.state.isFinal() || state(now) == LetterState.SENT) {
			return null;
		}
		if (now >= this.expiresAt) {
			return ended(LetterState.EXPIRED, this.detail, now);
		}
		boolean silent = this.state == LetterState.SENT && this.attempts >= attempts;
		return silent ? ended(LetterState.REFUSED, spent(this.attempts), now) : null;
	}

	/** Says that no attempt is left. */
	public static String spent(int attempts) {
		return "no acknowledgment in " + attempts + ((attempts == 1) ? " attempt" : " attempts");
	}

}
