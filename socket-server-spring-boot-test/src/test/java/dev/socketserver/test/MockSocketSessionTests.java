package dev.socketserver.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.SessionClosedException;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MockSocketSession}.
 */
class MockSocketSessionTests {

	private final MockSocketSession session = new MockSocketSession("chat", "fast");

	@Test
	void keepsWhatIsSent() {
		List<@Nullable Throwable> outcomes = new ArrayList<>();
		assertThat(this.session.send("one")).isCompleted();
		this.session.send("two", outcomes::add);
		assertThat(this.session.sent()).containsExactly("one", "two");
		assertThat(outcomes).containsOnlyNulls().hasSize(1);
		assertThat(this.session.args()).containsExactly("fast");
		assertThat(this.session.info().messagesSent()).isEqualTo(2);
	}

	@Test
	void ratesThatCannotBeReadAreRefused() {
		this.session.rate("100/s", "1MB/s");
		this.session.rate(null, null);
		assertThatIllegalArgumentException().isThrownBy(() -> this.session.rate("0/s", null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.session.rate(null, "1MB/d"));
	}

	@Test
	void requestsWaitForTheTest() {
		CompletableFuture<Object> first = this.session.ask("1?", Duration.ofSeconds(30));
		CompletableFuture<Object> second = this.session.ask("2?", Duration.ofSeconds(30));
		assertThat(this.session.info().requests()).isEqualTo(2);
		this.session.answer("one").answer(new IllegalStateException("no"));
		assertThat(first).isCompletedWithValue("one");
		assertThat(second).isCompletedExceptionally();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.session.answer("three"))
			.withMessageContaining("a request that waits");
	}

	@Test
	void whatIsClosedTakesNothing() {
		CompletableFuture<Object> waiting = this.session.ask("?", Duration.ofSeconds(30));
		this.session.close();
		assertThat(waiting).failsWithin(Patience.limit())
			.withThrowableThat()
			.withCauseInstanceOf(SessionClosedException.class);
		assertThat(this.session.send("late")).isCompletedExceptionally();
		assertThat(this.session.sent()).containsExactly("?");
		assertThat(this.session.status().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		assertThat(this.session.closed()).isCompleted();
		assertThat(this.session.bind("device", "1")).isFalse();
	}

	@Test
	void identitiesMayBeTaken() {
		this.session.taken("device", "4711");
		assertThat(this.session.bind("device", "4711", BindPolicy.REJECT)).isFalse();
		assertThat(this.session.bind("device", "4711", BindPolicy.REPLACE)).isTrue();
		assertThat(this.session.info().bound()).containsEntry("device", List.of("4711"));
		assertThat(this.session.unbind("device", "4711")).isTrue();
		assertThat(this.session.info().bound()).isEmpty();
	}

	@Test
	void identitiesThatAServerRefusesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.session.bind("device", "a\0"))
			.withMessage("An identity must not have U+0000");
		assertThatIllegalArgumentException().isThrownBy(() -> this.session.bind("\ud800", "a"))
			.withMessage("The type of an identity must not have half of a surrogate pair");
		assertThatIllegalArgumentException().isThrownBy(() -> this.session.authenticate(() -> "\ufffd"))
			.withMessageStartingWith("The name of a principal must not have U+FFFD");
		assertThat(this.session.info().bound()).isEmpty();
		assertThat(this.session.principal()).isNull();
	}

}
