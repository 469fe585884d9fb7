package dev.socketserver.repl;

import java.util.HashMap;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.SocketSession;
import dev.socketserver.operation.RefusedOperationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@Timeout(60)
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
		ClassLoader loader = getClass().getClassLoader();
		Workspace workspace = new Workspace(mock(SocketSession.class),
				new SpelInterpreter(new StaticListableBeanFactory(), loader, new HashMap<>()), loader);
		for (int i = 0; i < 50; i++) {
			assertThatExceptionOfType(RefusedOperationException.class)
				.isThrownBy(() -> this.evaluations.evaluate(workspace, "1 + 1"))
				.withMessage("The system has no thread for the evaluation");
		}
		this.none = false;
		assertThat(this.evaluations.evaluate(workspace, "1 + 1").values()).containsExactly("2");
	}

}
