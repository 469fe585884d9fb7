package dev.socketserver.engine.connect;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.ManualTimer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.fixtures.log.SilencedLog;
import dev.socketserver.spec.connect.Reconnect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a client makes its next attempt.
 */
class ReconnectionTests {

	private static final Duration WAIT = Duration.ofSeconds(10);

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketClient.class);

	private final ManualTimer timer = new ManualTimer();

	private final ModelThreads threads = new ModelThreads();

	/** What happens before the client runs its next task. */
	private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
	});

	private final ManagedClient client = new ManagedClient(
			ClientSpec.builder("it").port(1).reconnect(new Reconnect(WAIT, WAIT, 0)).build(),
			ManualEngine.with(this.timer, this.timer::now), this::execute, new Listeners<>(List::of, this.timer),
			SessionRegistry.ofClient("it", new AtomicLong(), null), (context) -> new ModelConnector(Failing::new));

	@AfterEach
	void end() {
		this.client.close();
		work();
		this.timer.shutdownNow();
	}

	private void execute(Runnable task) {
		this.meanwhile.getAndSet(() -> {
		}).run();
		this.threads.add(task);
	}

	private void work() {
		while (this.threads.worked()) {
			// And the next.
		}
	}

	/** The timer runs already, and so is not cancelled any more. */
	@Test
	void endOfAWaitThatSomebodyHasEndedBeforeDoesNotEndTheNext() {
		this.client.start();
		work();
		assertThat(this.client.statistics().attempts()).isOne();
		this.meanwhile.set(() -> {
			this.client.reconnect();
			work();
			assertThat(this.client.statistics().attempts()).isEqualTo(2);
		});
		this.timer.runFor(WAIT.toNanos());
		work();
		assertThat(this.client.statistics().attempts()).isEqualTo(2);
		this.timer.runFor(WAIT.toNanos() + TimeUnit.SECONDS.toNanos(1));
		work();
		assertThat(this.client.statistics().attempts()).isEqualTo(3);
	}

	/** An attempt that fails as soon as it begins. */
	private record Failing(ClientConnection connection) implements ConnectionAttempt {

		@Override
		public void begin() {
			this.connection.failed(ConnectFailure.REFUSED, new IOException("refused"));
		}

		@Override
		public void use() {
		}

		@Override
		public boolean cancel() {
			return false;
		}

		@Override
		public boolean isSettled() {
			return true;
		}

		@Override
		public int nextAddress() {
			return 1;
		}

		@Override
		public void execute(Runnable task) {
		}

	}

}
