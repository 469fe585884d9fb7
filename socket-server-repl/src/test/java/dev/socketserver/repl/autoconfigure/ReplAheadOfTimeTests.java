package dev.socketserver.repl.autoconfigure;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.spring.AheadOfTime;
import dev.socketserver.operation.SessionEvaluator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application that was processed ahead of time, with an evaluator or without.
 */
@Tag("long")
class ReplAheadOfTimeTests {

	/** What endpoints there are is settled when it is processed. */
	private static final String EXPOSED = "management.endpoints.web.exposure.include=socketservers";

	@Test
	@CompileWithForkedClassLoader
	void anEvaluationThatWasLeftOutFailsTheStart() {
		AheadOfTime.process(Application.class, EXPOSED)
			.compile((start) -> assertThatThrownBy(() -> start.with("socket.repl.eval-over-actuator=on")).rootCause()
				.hasMessageStartingWith("Property socket.repl.eval-over-actuator is 'true': ")
				.hasMessageContaining("processed ahead of time"));
	}

	/** Whoever turns it off must not find it on. */
	@Test
	@CompileWithForkedClassLoader
	void anEvaluationThatIsThereCanBeTurnedOff() {
		AheadOfTime.process(Application.class, EXPOSED, "socket.repl.eval-over-actuator=on").compile((start) -> {
			try (GenericApplicationContext on = start.with("socket.repl.eval-over-actuator=on");
					GenericApplicationContext off = start.with()) {
				assertThat(on.getBeanProvider(SessionEvaluator.class).getIfAvailable()).isNotNull();
				assertThat(off.getBeanProvider(SessionEvaluator.class).getIfAvailable()).isNull();
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class })
	static class Application {

	}

}
