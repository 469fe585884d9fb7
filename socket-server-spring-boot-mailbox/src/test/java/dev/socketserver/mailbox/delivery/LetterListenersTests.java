package dev.socketserver.mailbox.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class LetterListenersTests {

	@RegisterExtension
	private final LogLines log = new LogLines(LetterListeners.class);

	@Test
	void whatAListenerThrowsHarmsNoOther() {
		Letter letter = new Letter("device", "7", "a", LetterState.DELIVERED, 1, Instant.EPOCH, Instant.MAX,
				Instant.EPOCH, null);
		List<Letter> ended = new ArrayList<>();
		LetterListener failing = new LetterListener() {

			@Override
			public void ended(Letter letter) {
				throw new AssertionError("not implemented");
			}

		};
		LetterListener last = new LetterListener() {

			@Override
			public void ended(Letter letter) {
				ended.add(letter);
			}

		};

		new LetterListeners(() -> List.of(failing, last)).ended(letter);

		assertThat(ended).containsExactly(letter);
		assertThat(this.log.messages(Level.ERROR)).singleElement().asString().contains("of letters failed");
	}

}
