package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.ManualTimer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.fixtures.log.SilencedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client waits for has as much time again where its process was stopped, and the
 * timer is late.
 */
class LateTimerTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketClient.class);

	private final ManualTimer timer = new ManualTimer();

	private final SharedResources engine = ManualEngine.with(this.timer, this.timer::now);

	private final List<String> happened = new ArrayList<>();

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	@Test
	void listenersAreNotifiedBeforeWhatFollows() {
		ClientEvents events = new ClientEvents(new Listeners<>(() -> List.of(new SocketClientListener() {
		}), this.timer), this.engine);
		this.timer.late(() -> 3 * SECOND);
		events.notifyEach(() -> {
		}, (listener) -> {
			events.after(() -> this.happened.add("follows"));
			// When the time of 2 s is over, but for what passed while nothing ran.
			this.timer.runFor(5 * SECOND);
			this.happened.add("notified");
		});
		assertThat(this.happened).containsExactly("notified", "follows");
	}

	@Test
	void aListenerThatDoesNotReturnIsNotWaitedFor() {
		ClientEvents events = new ClientEvents(new Listeners<>(() -> List.of(new SocketClientListener() {
		}), this.timer), this.engine);
		events.notifyEach(() -> {
		}, (listener) -> {
			events.after(() -> this.happened.add("follows"));
			this.timer.runFor(2 * SECOND);
			this.happened.add("notified");
		});
		assertThat(this.happened).startsWith("follows", "notified");
	}

	@Test
	void aStopWaitsForWhatIsOnItsWay() {
		ModelThreads threads = new ModelThreads();
		ManagedClient client = new ManagedClient(
				ClientSpec.builder("it").port(1).drainTimeout(Duration.ofSeconds(1)).build(), this.engine, threads::add,
				new Listeners<>(List::of, this.timer), SessionRegistry.ofClient("it", new AtomicLong(), null),
				(context) -> new ModelConnector((connection) -> new Connected()));
		client.start();
		work(threads);
		this.timer.late(() -> 3 * SECOND);
		client.stop();
		this.timer.runFor(6 * SECOND);
		work(threads);
		assertThat(client.state()).isEqualTo(ClientState.CLOSING);
		this.timer.runFor(6 * SECOND);
		work(threads);
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
	}

	private static void work(ModelThreads threads) {
		while (threads.worked()) {
			// And the next.
		}
	}

	/** An attempt whose loop has connected, and has not reported it. */
	private static final class Connected implements ConnectionAttempt {

		@Override
		public void begin() {
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
