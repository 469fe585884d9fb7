package dev.socketserver.annotation;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.socketserver.SocketSession;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/** What native images are told of annotated methods. */
class HandlerMethodHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void payloadsAndRepliesCanBeReadAndWritten() throws Exception {
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(this.hints, Meters.class);

		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Meters.class.getDeclaredMethod("data", Reading.class, SocketSession.class)))
			.accepts(this.hints);
		for (Class<?> type : List.of(Reading.class, Unit.class, Ack.class, Greeting.class, Nack.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getSimpleName())
				.accepts(this.hints);
		}
		assertThat(this.hints.reflection().getTypeHint(SocketSession.class)).isNull();
		assertThat(this.hints.reflection().getTypeHint(IllegalStateException.class)).isNull();
	}

	static class Meters {

		@OnOpen
		Greeting opened() {
			return new Greeting("hello");
		}

		@OnMessage
		CompletionStage<Ack> data(Reading reading, SocketSession session) {
			throw new IllegalStateException();
		}

		@OnError
		Nack failed(IllegalStateException failure) {
			return new Nack();
		}

	}

	record Greeting(String text) {

	}

	record Reading(int value, Unit unit) {

	}

	record Unit(String name) {

	}

	record Ack(int number) {

	}

	record Nack() {

	}

}
