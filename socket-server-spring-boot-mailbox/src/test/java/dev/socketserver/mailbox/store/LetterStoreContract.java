package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What every store does. Each test has recipients of its own, so that a store may be
 * shared.
 */
public abstract class LetterStoreContract {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private static final Duration MOMENT = Duration.ofMillis(40);

	private static final int CAPACITY = 5;

	private static final Set<LetterState> ALL = EnumSet.allOf(LetterState.class);

	private final Recipient recipient = new Recipient("device", UUID.randomUUID().toString());

	protected abstract LetterStore store();

	private Posted post(String key, Duration ttl) {
		return store().post(new NewLetter(this.recipient, key, ("to do: " + key).getBytes(UTF_8), ttl), CAPACITY);
	}

	private static Claimer claimer(long token, Duration hold) {
		return new Claimer(token, "here", true, hold, 3);
	}

	private ClaimedLetter claim(long token, Duration hold) {
		ClaimedLetter claimed = store().claim(this.recipient, claimer(token, hold)).letter();
		assertThat(claimed).isNotNull();
		return claimed;
	}

	private @Nullable String claimedKey(Claimer claimer) {
		ClaimedLetter claimed = store().claim(this.recipient, claimer).letter();
		return (claimed != null) ? claimed.letter().key() : null;
	}

	private Letter letter(String key) {
		return store().find(this.recipient, key).orElseThrow().letter();
	}

	private List<String> keys(LetterFilter filter) {
		return store().list(this.recipient, filter).stream().map((stored) -> stored.letter().key()).toList();
	}

	@Test
	void keepsWhatIsPosted() {
		Posted posted = post("a", MINUTE);

		assertThat(posted.stored()).isTrue();
		Letter letter = posted.letter();
		assertThat(letter).isEqualTo(new Letter("device", this.recipient.id(), "a", LetterState.WAITING, 0,
				letter.postedAt(), letter.postedAt().plus(MINUTE), null, null));
		assertThat(letter.postedAt()).isBetween(Instant.now().minus(MINUTE), Instant.now().plus(MINUTE));
		assertThat(letter("a")).isEqualTo(letter);
		assertThat(store().find(this.recipient, "a").orElseThrow().bytes()).isEqualTo(8);
		assertThat(store().find(this.recipient, "A")).isEmpty();
		assertThat(store().count()).isPositive();
	}

	@Test
	void storesAKeyOnce() {
		Letter first = post("a", MINUTE).letter();

		assertThat(post("a", MINUTE)).isEqualTo(new Posted(first, false));
		Claim claim = claim(1, MINUTE).claim();
		Letter delivered = store().end(claim, true, LetterState.DELIVERED, null).orElseThrow();
		assertThat(post("a", MINUTE)).isEqualTo(new Posted(delivered, false));
		assertThat(keys(new LetterFilter(ALL, null, 10))).containsExactly("a");
	}

	@Test
	void endsALetterAndClaimsTheNext() {
		post("a", MINUTE);
		post("b", MINUTE);
		Claim first = claim(1, MINUTE).claim();

		NextLetter next = store().endAndClaim(first, LetterState.DELIVERED, null, claimer(1, MINUTE));
		assertThat(next.ended()).containsExactly(letter("a"));
		assertThat(letter("a").state()).isEqualTo(LetterState.DELIVERED);
		ClaimedLetter second = next.letter();
		assertThat(second).isNotNull();
		assertThat(second.letter()).isEqualTo(letter("b"));
		assertThat(second.payload()).asString(UTF_8).isEqualTo("to do: b");
		assertThat(letter("b").state()).isEqualTo(LetterState.SENT);
		NextLetter last = store().endAndClaim(second.claim(), LetterState.REFUSED, "no: \u5426 \ud83d\ude00",
				claimer(1, MINUTE));
		assertThat(last).isEqualTo(new NextLetter(null, null, List.of(letter("b"))));
		assertThat(letter("b").detail()).isEqualTo("no: \u5426 \ud83d\ude00");
	}

	@Test
	void claimsTheNextWhereAnotherHasTakenTheLetter() {
		post("a", MINUTE);
		Claim late = claim(1, MINUTE).claim();
		store().giveBack(late, true, Duration.ZERO, "again");
		Claim newer = claim(2, MINUTE).claim();

		NextLetter next = store().endAndClaim(late, LetterState.DELIVERED, null, claimer(1, MINUTE));
		assertThat(next.letter()).isNull();
		assertThat(next.ended()).isEmpty();
		assertThat(store().end(newer, true, LetterState.DELIVERED, null)).isPresent();
	}

	@Test
	void endsNoLetterWithTheClaimOfAnother() {
		post("a", MINUTE);
		Claim claim = claim(2, MINUTE).claim();
		for (Claim other : List.of(new Claim(this.recipient, "a", 1, "here", 1),
				new Claim(this.recipient, "a", 3, "here", 1), new Claim(this.recipient, "a", 2, "elsewhere", 1),
				new Claim(this.recipient, "a", 2, "here", 2), new Claim(this.recipient, "b", 2, "here", 1))) {
			NextLetter next = store().endAndClaim(other, LetterState.DELIVERED, null, claimer(2, MINUTE));
			assertThat(next.ended()).isEmpty();
			assertThat(next.letter()).isNull();
			assertThat(letter("a").state()).isEqualTo(LetterState.SENT);
		}
		Letter ended = store().endAndClaim(claim, LetterState.DELIVERED, null, claimer(2, MINUTE)).ended().get(0);
		assertThat(store().endAndClaim(claim, LetterState.REFUSED, "late", claimer(2, MINUTE)).ended()).isEmpty();
		assertThat(letter("a")).isEqualTo(ended);
	}

	@Test
	void keepsAnyCharacterOfKeysAndIdentities() {
		String odd = "ключ %_'\"\\ :{}\u0001 \uD83D\uDE00";
		Recipient strange = new Recipient("device", odd + UUID.randomUUID());
		store().post(new NewLetter(strange, odd, new byte[] { 0, -1, 13, 10 }, MINUTE), CAPACITY);

		ClaimedLetter claimed = store().claim(strange, claimer(1, MINUTE)).letter();
		assertThat(claimed).isNotNull();
		assertThat(claimed.letter().id()).isEqualTo(strange.id());
		assertThat(claimed.letter().key()).isEqualTo(odd);
		assertThat(claimed.payload()).containsExactly(0, -1, 13, 10);
	}

	@Test
	void tellsKeysApartByCaseAndByBlanksAtTheirEnd() {
		for (String key : List.of("k", "K", "k ", "k\t", "k")) {
			assertThat(post(key, MINUTE).letter().key()).isEqualTo(key);
		}

		assertThat(keys(new LetterFilter(ALL, null, 10))).containsExactly("k", "K", "k ", "k\t");
		Recipient other = new Recipient("device", this.recipient.id() + " ");
		assertThat(store().claim(other, claimer(1, MINUTE)).letter()).isNull();
	}

	@Test
	void refusesWhatNotEveryStoreCanKeep() {
		for (String text : List.of("a\u0000b", "a\uD83Db", "\uDE00\uD83D", "\uD83D", "M\uFFFDller")) {
			assertThatThrownBy(() -> new Recipient("device", text)).isInstanceOf(IllegalArgumentException.class)
				.hasMessageStartingWith("An identity with letters must not have ");
			assertThatThrownBy(() -> post(text, MINUTE)).isInstanceOf(IllegalArgumentException.class)
				.hasMessageStartingWith("The key of a letter must not have ");
		}
	}

	@Test
	void refusesMoreThanItsCapacityUntilOneIsFinal() {
		IntStream.range(0, CAPACITY).forEach((number) -> post("k" + number, MINUTE));

		assertThatThrownBy(() -> post("more", MINUTE)).isInstanceOf(MailboxFullException.class)
			.hasMessage("The letter to " + this.recipient
					+ " was not stored: 5 letters wait for it already, which is socket.mailbox.capacity");
		assertThat(post("k3", MINUTE).stored()).isFalse();
		store().end(claim(1, MINUTE).claim(), true, LetterState.DELIVERED, null);
		assertThat(post("more", MINUTE).stored()).isTrue();
	}

	@Test
	void oneThatHasExpiredWhileItPausesTakesNoPlace() {
		ClaimedLetter claimed = null;
		// With more time if a busy machine has let the one before expire.
		for (Duration ttl = MOMENT; claimed == null; ttl = ttl.multipliedBy(2)) {
			post("within " + ttl, ttl);
			claimed = store().claim(this.recipient, claimer(1, MINUTE)).letter();
		}
		store().giveBack(claimed.claim(), true, MINUTE, "no reply");
		String key = claimed.letter().key();
		Awaitility.await().until(() -> letter(key).state() == LetterState.EXPIRED);

		IntStream.range(0, CAPACITY).forEach((number) -> post("k" + number, MINUTE));
		assertThatThrownBy(() -> post("more", MINUTE)).isInstanceOf(MailboxFullException.class);
	}

	@Test
	void severalThreadsDoNotExceedTheCapacity() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			CountDownLatch begin = new CountDownLatch(1);
			List<Future<Boolean>> posts = IntStream.range(0, 12).mapToObj((number) -> threads.submit(() -> {
				begin.await();
				try {
					return post("k" + number, MINUTE).stored();
				}
				catch (MailboxFullException ex) {
					return false;
				}
			})).toList();
			begin.countDown();
			int stored = 0;
			for (Future<Boolean> post : posts) {
				stored += Patience.await(post) ? 1 : 0;
			}
			assertThat(stored).isEqualTo(CAPACITY);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void givesTheOldestToOneClaimer() {
		post("a", MINUTE);
		post("b", MINUTE);

		ClaimedLetter claimed = claim(7, MINUTE);

		assertThat(claimed.letter().key()).isEqualTo("a");
		assertThat(claimed.letter().state()).isEqualTo(LetterState.SENT);
		assertThat(claimed.letter().attempts()).isEqualTo(1);
		assertThat(claimed.payload()).isEqualTo("to do: a".getBytes(UTF_8));
		assertThat(claimed.left()).isPositive().isLessThanOrEqualTo(MINUTE);
		assertThat(claimed.claim()).isEqualTo(new Claim(this.recipient, "a", 7, "here", 1));
		assertThat(letter("a")).isEqualTo(claimed.letter());
		NextLetter next = store().claim(this.recipient, claimer(8, MINUTE));
		assertThat(next.letter()).isNull();
		assertThat(next.due()).isPositive().isLessThanOrEqualTo(MINUTE);
	}

	@Test
	void endsALetterOnceAndGoesOn() {
		post("a", MINUTE);
		post("b", MINUTE);
		Claim claim = claim(7, MINUTE).claim();

		Letter ended = store().end(claim, true, LetterState.DELIVERED, null).orElseThrow();

		assertThat(ended.state()).isEqualTo(LetterState.DELIVERED);
		assertThat(ended.attempts()).isEqualTo(1);
		assertThat(ended.endedAt()).isAfterOrEqualTo(ended.postedAt());
		assertThat(letter("a")).isEqualTo(ended);
		assertThat(store().end(claim, true, LetterState.REFUSED, "late")).isEmpty();
		assertThat(store().end(claim, true, LetterState.DELIVERED, "again")).contains(ended);
		store().giveBack(claim, true, Duration.ZERO, "late");
		assertThat(letter("a")).isEqualTo(ended);
		assertThat(claimedKey(claimer(7, MINUTE))).isEqualTo("b");
	}

	@Test
	void aLetterThatWaitsForItsNextAttemptHoldsBackThoseBehindIt() {
		post("a", MINUTE);
		post("b", MINUTE);
		store().giveBack(claim(7, MINUTE).claim(), true, MINUTE, "no reply");

		assertThat(letter("a").state()).isEqualTo(LetterState.WAITING);
		assertThat(letter("a").attempts()).isEqualTo(1);
		assertThat(letter("a").detail()).isEqualTo("no reply");
		NextLetter next = store().claim(this.recipient, claimer(7, MINUTE));
		assertThat(next.letter()).isNull();
		assertThat(next.due()).isPositive().isLessThanOrEqualTo(MINUTE);
	}

	@Test
	void whatNeverLeftIsNoAttempt() {
		post("a", MINUTE);
		store().giveBack(claim(7, MINUTE).claim(), false, Duration.ZERO, "the peer does not read");

		assertThat(letter("a").attempts()).isZero();
		assertThat(store().due(List.of(this.recipient))).containsExactly(this.recipient);
		assertThat(claim(7, MINUTE).claim().attempt()).isEqualTo(1);
	}

	@Test
	void whatNeverLeftMayBeFinalWithoutAnAttempt() {
		post("a", MINUTE);
		Claim claim = claim(7, MINUTE).claim();

		Letter ended = store().end(claim, false, LetterState.REFUSED, "no frame").orElseThrow();

		assertThat(ended.state()).isEqualTo(LetterState.REFUSED);
		assertThat(ended.attempts()).isZero();
		assertThat(letter("a")).isEqualTo(ended);
		assertThat(store().end(claim, false, LetterState.REFUSED, "again")).contains(ended);
		assertThat(store().end(claim, true, LetterState.REFUSED, "late")).isEmpty();
		assertThat(store().end(claim, false, LetterState.DELIVERED, "late")).isEmpty();
	}

	@Test
	void anotherMayHaveItWhenTheTimeOfItsClaimerIsOver() {
		post("a", MINUTE);
		Claim first = claim(7, MOMENT).claim();
		Awaitility.await().until(() -> !store().due(List.of(this.recipient)).isEmpty());
		assertThat(letter("a").state()).isEqualTo(LetterState.WAITING);

		Claim second = claim(8, MINUTE).claim();

		assertThat(second.attempt()).isEqualTo(2);
		assertThat(store().end(first, true, LetterState.DELIVERED, null)).isEmpty();
		store().giveBack(first, true, Duration.ZERO, null);
		assertThat(letter("a").state()).isEqualTo(LetterState.SENT);
		assertThat(store().end(second, true, LetterState.DELIVERED, null)).isPresent();
	}

	@Test
	void claimersWithTheSameTokenAreDistinguished() {
		post("a", MINUTE);
		Claim first = claim(7, MOMENT).claim();
		Awaitility.await().until(() -> !store().due(List.of(this.recipient)).isEmpty());
		Claim second = claim(7, MINUTE).claim();

		assertThat(store().end(first, true, LetterState.REFUSED, null)).isEmpty();
		assertThat(store().end(new Claim(this.recipient, "a", 7, "elsewhere", 2), true, LetterState.REFUSED, null))
			.isEmpty();
		assertThat(store().end(new Claim(this.recipient, "a", 9, "here", 2), true, LetterState.REFUSED, null))
			.isEmpty();
		assertThat(store().end(new Claim(this.recipient, "a", 5, "here", 2), true, LetterState.REFUSED, null))
			.isEmpty();
		assertThat(store().end(second, true, LetterState.DELIVERED, null)).isPresent();
	}

	@Test
	void aFormerOwnerGetsNothing() {
		post("a", MINUTE);
		post("b", MINUTE);
		store().end(claim(8, MINUTE).claim(), true, LetterState.DELIVERED, null);

		assertThat(claimedKey(claimer(7, MINUTE))).isNull();
		assertThat(claimedKey(new Claimer(7, "here", false, MINUTE, 3))).isEqualTo("b");
	}

	@Test
	void oneThatHasExpiredIsNeverClaimed() {
		post("a", MOMENT);
		post("b", MINUTE);
		Awaitility.await().until(() -> letter("a").state() == LetterState.EXPIRED);

		NextLetter next = store().claim(this.recipient, claimer(7, MINUTE));

		assertThat(next.letter()).isNotNull();
		assertThat(next.letter().letter().key()).isEqualTo("b");
		assertThat(next.ended()).singleElement().isEqualTo(letter("a"));
		Letter expired = letter("a");
		assertThat(expired.endedAt()).isEqualTo(expired.expiresAt());
		assertThat(expired.attempts()).isZero();
		assertThat(store().cancel(this.recipient, "a")).isEmpty();
	}

	@Test
	void oneThatIsSentMayBeAcknowledgedAfterItsTime() {
		ClaimedLetter claimed = claimedInTime();
		Awaitility.await().until(() -> Instant.now().isAfter(claimed.letter().expiresAt().plus(MOMENT)));
		store().expire(10_000);

		assertThat(letter(claimed.letter().key()).state()).isEqualTo(LetterState.SENT);
		assertThat(store().end(claimed.claim(), true, LetterState.DELIVERED, null)).isPresent();
	}

	/** Posts another with more time if a busy machine has let the first expire. */
	private ClaimedLetter claimedInTime() {
		for (int seconds = 1;; seconds++) {
			post("a" + seconds, Duration.ofSeconds(seconds));
			ClaimedLetter claimed = store().claim(this.recipient, claimer(7, MINUTE)).letter();
			if (claimed != null) {
				return claimed;
			}
		}
	}

	@Test
	void expiresEachOnce() {
		post("a", MOMENT);
		post("b", MINUTE);
		Awaitility.await().until(() -> letter("a").state() == LetterState.EXPIRED);

		List<Letter> ended = store().expire(10_000);

		assertThat(ended.stream().filter((letter) -> letter.id().equals(this.recipient.id())))
			.containsExactly(letter("a"));
		assertThat(store().expire(10_000).stream().filter((letter) -> letter.id().equals(this.recipient.id())))
			.isEmpty();
		assertThat(letter("b").state()).isEqualTo(LetterState.WAITING);
	}

	@Test
	void refusesOneWhoseLastClaimerIsSilent() {
		post("a", MINUTE);
		Claimer once = new Claimer(7, "here", true, MOMENT, 1);
		assertThat(store().claim(this.recipient, once).letter()).isNotNull();
		Awaitility.await().until(() -> !store().due(List.of(this.recipient)).isEmpty());

		NextLetter next = store().claim(this.recipient, once);

		assertThat(next.letter()).isNull();
		assertThat(next.ended()).singleElement().isEqualTo(letter("a"));
		assertThat(letter("a").state()).isEqualTo(LetterState.REFUSED);
		assertThat(letter("a").detail()).isEqualTo("no acknowledgment in 1 attempt");
	}

	@Test
	void cancelsWhatWaits() {
		post("a", MINUTE);
		post("b", MINUTE);
		Claim claim = claim(7, MINUTE).claim();

		assertThat(store().cancel(this.recipient, "a")).isEmpty();
		assertThat(store().cancel(this.recipient, "none")).isEmpty();
		Optional<Letter> cancelled = store().cancel(this.recipient, "b");
		assertThat(cancelled).contains(letter("b"));
		assertThat(letter("b").state()).isEqualTo(LetterState.CANCELLED);
		assertThat(store().cancel(this.recipient, "b")).isEmpty();
		store().end(claim, true, LetterState.DELIVERED, null);
		assertThat(claimedKey(claimer(7, MINUTE))).isNull();
	}

	@Test
	void listsByStateAndPage() {
		List.of("a", "b", "c", "d").forEach((key) -> post(key, MINUTE));
		store().end(claim(7, MINUTE).claim(), true, LetterState.DELIVERED, null);
		claim(7, MINUTE);

		assertThat(keys(new LetterFilter(ALL, null, 10))).containsExactly("a", "b", "c", "d");
		assertThat(keys(new LetterFilter(ALL, null, 2))).containsExactly("a", "b");
		assertThat(keys(new LetterFilter(ALL, "b", 10))).containsExactly("c", "d");
		assertThat(keys(new LetterFilter(EnumSet.of(LetterState.WAITING, LetterState.SENT), null, 10)))
			.containsExactly("b", "c", "d");
		assertThat(keys(new LetterFilter(ALL, "none", 10))).isEmpty();
		assertThat(store().due(List.of(new Recipient("device", "nobody")))).isEmpty();
	}

	@Test
	void forgetsWhatHasBeenFinalForLong() {
		post("a", MINUTE);
		post("b", MINUTE);
		store().end(claim(7, MINUTE).claim(), true, LetterState.DELIVERED, null);

		store().forget(MINUTE);
		assertThat(letter("a").state()).isEqualTo(LetterState.DELIVERED);
		Awaitility.await().until(() -> {
			store().forget(MOMENT);
			return store().find(this.recipient, "a").isEmpty();
		});
		assertThat(letter("b").state()).isEqualTo(LetterState.WAITING);
		assertThat(post("a", MINUTE).stored()).isTrue();
	}

}
