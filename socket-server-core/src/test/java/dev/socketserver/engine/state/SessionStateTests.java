package dev.socketserver.engine.state;

import java.time.Duration;

import dev.socketserver.engine.TestSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is known of a session that is as old as its process. */
class SessionStateTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, 400, 500, 800 })
	void knowsAfterYearsWhenItsPeerWasHeard(int days) {
		TestSession test = new TestSession((spec) -> spec);
		long later = System.nanoTime() + Duration.ofDays(days).toNanos();

		test.receive("line\n", later);

		assertThat(later - test.session.state().silentSince()).isBetween(0L, 1L << 24);
		assertThat(test.session.state().heardAt() - later).isBetween(0L, 1L << 24);
	}

}
