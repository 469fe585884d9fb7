package dev.socketserver.mailbox.history;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.history.LetterHistory.Key;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The checker finds what must not be. */
class LetterHistoryTests {

	private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

	private final LetterHistory history = new LetterHistory();

	private final Map<Key, Letter> stored = new HashMap<>();

	private void delivered(int number) {
		stored(number, LetterState.DELIVERED);
		this.history.posted("d", number, NOON);
		this.history.received("d", number, NOON.minusSeconds(1));
	}

	private void stored(int number, LetterState state) {
		this.stored.put(new Key("d", number),
				new Letter("device", "d", "" + number, state, 1, NOON, NOON, state.isFinal() ? NOON : null, null));
	}

	@Test
	void aLetterMayBeReceivedTwice() {
		delivered(0);
		delivered(1);
		this.history.received("d", 1, NOON.minusSeconds(1));
		this.history.published("d", 1, LetterState.DELIVERED);

		assertThat(this.history.violations(this.stored)).isEmpty();
	}

	@Test
	void aLetterMustNotBeLost() {
		this.history.posted("d", 0, NOON);
		stored(1, LetterState.WAITING);

		assertThat(this.history.violations(this.stored)).containsExactly("d/0 was posted, and is lost",
				"d/1 is WAITING in the end");
	}

	@Test
	void theOrderMustBeKept() {
		delivered(0);
		delivered(1);
		this.history.received("d", 0, NOON.minusSeconds(1));

		assertThat(this.history.violations(this.stored)).containsExactly("d/0 was received after 1");
	}

	@Test
	void whatHasExpiredMustNotBeSent() {
		delivered(0);
		this.history.received("d", 0, NOON.plusSeconds(1));

		assertThat(this.history.violations(this.stored)).containsExactly("d/0 was sent after it had expired");
	}

	@Test
	void thereMustBeOneFinalState() {
		delivered(0);
		this.history.published("d", 0, LetterState.REFUSED);
		stored(1, LetterState.DELIVERED);

		assertThat(this.history.violations(this.stored)).hasSize(2)
			.anyMatch((line) -> line.startsWith("d/0 has several final states: ["))
			.contains("d/1 is DELIVERED, and was never received");
	}

}
