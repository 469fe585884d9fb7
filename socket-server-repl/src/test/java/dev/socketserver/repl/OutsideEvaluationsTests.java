package dev.socketserver.repl;

import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.SocketSession;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.repl.evaluate.ReplTimer;
import dev.socketserver.repl.evaluate.SpelInterpreter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

class OutsideEvaluationsTests {

	private final ScheduledExecutorService timer = ReplTimer.create();

	private volatile boolean none = true;

	private final OutsideEvaluations evaluations = new OutsideEvaluations(this.timer, (task) -> new Thread(task) {

		@Override
		public void start() {
			if (OutsideEvaluationsTests.this.none) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			super.start();
		}

	});

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
	}

	/** More often than there may be evaluations at a time. */
	@Test
	void goOnWhenThereAreThreadsAgain() {
		Workspace workspace = workspace();
		for (int i = 0; i < 50; i++) {
			assertThatExceptionOfType(RefusedOperationException.class)
				.isThrownBy(() -> this.evaluations.evaluate(workspace, "1 + 1"))
				.withMessage("The system has no thread for the evaluation");
		}
		this.none = false;
		assertThat(this.evaluations.evaluate(workspace, "1 + 1").values()).containsExactly("2");
	}

	@Test
	void tellWhereTheirOutputIsAborted() {
		this.none = false;
		String print = "T(System).out.print('x'.repeat(%d)); T(System).out.flush()";

		assertThat(this.evaluations.evaluate(workspace(), print.formatted(65_536)).output())
			.isEqualTo("x".repeat(65_536));
		assertThat(this.evaluations.evaluate(workspace(), print.formatted(65_537)).output())
			.isEqualTo("x".repeat(65_536) + "\n(no more output: this evaluation has printed 65536 bytes)");
	}

	@Test
	void holdNoMoreThanSomeText() {
		this.none = false;

		List<String> values = this.evaluations.evaluate(workspace(), "#s = 'x'.repeat(65536);" + "#s;".repeat(20) + "1")
			.values();

		assertThat(values).hasSize(22);
		assertThat(values.subList(0, 16)).containsOnly("x".repeat(65_536));
		assertThat(values.subList(16, 22)).containsExactly("...", "...", "...", "...", "...", "...");
	}

	private Workspace workspace() {
		ClassLoader loader = getClass().getClassLoader();
		return new Workspace(mock(SocketSession.class),
				new SpelInterpreter(new StaticListableBeanFactory(), loader, new HashMap<>()), loader);
	}

}
