package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What becomes of letters when the clock of their store jumps. */
public abstract class ClockJumpContract {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Duration DAY = Duration.ofDays(1);

	private final Recipient recipient = new Recipient("device", UUID.randomUUID().toString());

	protected abstract LetterStore store();

	/** Sets the clock of the store to the right time and so much. */
	protected abstract void setClock(Duration ahead) throws Exception;

	@AfterEach
	void correct() throws Exception {
		setClock(Duration.ZERO);
	}

	private void post(String key, Duration ttl) {
		store().post(new NewLetter(this.recipient, key, key.getBytes(UTF_8), ttl), 5);
	}

	private @Nullable ClaimedLetter claim(String holder) {
		return store().claim(this.recipient, new Claimer(7, holder, true, MINUTE, 3)).letter();
	}

	private Letter letter(String key) {
		return store().find(this.recipient, key).orElseThrow().letter();
	}

	@Test
	void whatHasExpiredIsNotSentWhenTheClockIsBack() throws Exception {
		post("a", HOUR);
		post("b", DAY);
		setClock(HOUR.multipliedBy(2));

		NextLetter next = store().claim(this.recipient, new Claimer(7, "here", true, MINUTE, 3));
		assertThat(next.ended()).extracting(Letter::key, Letter::state)
			.containsExactly(tuple("a", LetterState.EXPIRED));
		ClaimedLetter second = next.letter();
		assertThat(second).isNotNull();
		assertThat(second.letter().key()).isEqualTo("b");

		setClock(Duration.ZERO);
		assertThat(letter("a").state()).isEqualTo(LetterState.EXPIRED);
		assertThat(store().end(second.claim(), true, LetterState.DELIVERED, null)).isPresent();
		assertThat(claim("here")).isNull();
		assertThat(letter("a").state()).isEqualTo(LetterState.EXPIRED);
	}

	@Test
	void whatANodeHasFoundToBeExpiredStaysSo() throws Exception {
		post("a", HOUR);
		setClock(HOUR.multipliedBy(2));
		assertThat(store().expire(10_000)).extracting(Letter::id).contains(this.recipient.id());

		setClock(Duration.ZERO);
		assertThat(letter("a").state()).isEqualTo(LetterState.EXPIRED);
		assertThat(claim("here")).isNull();
		assertThat(store().expire(10_000)).extracting(Letter::id).doesNotContain(this.recipient.id());
	}

	@Test
	void nothingIsLostByAClockThatGoesBack() throws Exception {
		post("a", HOUR);
		post("b", HOUR);
		setClock(DAY.negated());
		post("c", HOUR);

		for (String key : List.of("a", "b", "c")) {
			ClaimedLetter claimed = claim("here");
			assertThat(claimed).as(key).isNotNull();
			assertThat(claimed.letter().key()).as("in the order of the posts").isEqualTo(key);
			assertThat(store().end(claimed.claim(), true, LetterState.DELIVERED, null)).isPresent();
		}
	}

	@Test
	void oneOfTwoClaimersEndsALetterThatTheClockHasFreed() throws Exception {
		post("a", DAY);
		ClaimedLetter first = claim("here");
		assertThat(first).isNotNull();
		setClock(HOUR);
		ClaimedLetter second = claim("there");
		assertThat(second).isNotNull();

		assertThat(store().end(first.claim(), true, LetterState.REFUSED, null)).isEmpty();
		assertThat(store().end(second.claim(), true, LetterState.DELIVERED, null)).isPresent();
		setClock(Duration.ZERO);
		assertThat(store().end(first.claim(), true, LetterState.REFUSED, null)).isEmpty();
		assertThat(letter("a").state()).isEqualTo(LetterState.DELIVERED);
	}

	@Test
	void aLetterOfADeadNodeIsFreeWhenTheClockIsWhereItWas() throws Exception {
		post("a", DAY);
		assertThat(claim("dead")).isNotNull();
		setClock(HOUR.negated());
		NextLetter next = store().claim(this.recipient, new Claimer(7, "here", true, MINUTE, 3));
		assertThat(next.letter()).isNull();
		assertThat(next.due()).isBetween(HOUR, HOUR.plus(MINUTE));

		setClock(MINUTE.multipliedBy(2));
		assertThat(claim("here")).isNotNull();
		assertThat(letter("a").attempts()).isEqualTo(2);
	}

}
