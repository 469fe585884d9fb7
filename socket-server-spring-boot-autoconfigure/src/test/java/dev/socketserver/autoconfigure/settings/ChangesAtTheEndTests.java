package dev.socketserver.autoconfigure.settings;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Settings that change while the application stops, or afterwards.
 */
class ChangesAtTheEndTests {

	private static final String UPPER = "socket.servers.upper.";

	/** The phase in which servers drain, and a web server ends its requests. */
	private static final int DRAIN = SmartLifecycle.DEFAULT_PHASE - 1024;

	private static String[] file(String... pairs) {
		List<String> all = new ArrayList<>(
				List.of(UPPER + "port=0", UPPER + "drain.over=1m", UPPER + "drain-timeout=1s"));
		all.addAll(List.of(pairs));
		return all.toArray(String[]::new);
	}

	private static SocketServer server(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	/** As one does whose change was asked for by a request, which a web server awaits. */
	@Test
	void aServerThatWasToRestartRests() {
		AtomicInteger starts = new AtomicInteger();
		CompletableFuture<SettingsOutcome> outcome = new CompletableFuture<>();
		ChangingApplication.with(file()).withBean(SocketServerListener.class, () -> new SocketServerListener() {
			@Override
			public void started(SocketServer server) {
				starts.incrementAndGet();
			}
		}).withBean(InPhase.class, () -> new InPhase(DRAIN, () -> outcome)).run((context) -> {
			// The turn of the first is at once, and that of the second half a minute
			// later.
			try (TestPeer peer = TestPeer.connect(context, "upper");
					TestPeer second = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(second.ask("b")).isEqualTo("B");
				Environments.set(context, file(UPPER + "backlog=9"));
				outcome.completeAsync(() -> ChangingApplication.apply(context, Verdict.RESTART));
				await().until(() -> server(context).state() == ServerState.DRAINING);

				context.stop();

				assertThat(Patience.await(outcome).left()).isEmpty();
				assertThat(starts).hasValue(1);
				assertThat(server(context).state()).isEqualTo(ServerState.STOPPED);
				assertThat(server(context).spec().backlog()).isEqualTo(9);
			}
		});
	}

	@Test
	void aServerThatIsTriedAgainIsTriedNoMoreOnceOthersDrain() throws Exception {
		List<ServerState> states = new CopyOnWriteArrayList<>();
		List<@Nullable Instant> attempts = new CopyOnWriteArrayList<>();
		CompletableFuture<ConfigurableApplicationContext> started = new CompletableFuture<>();
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ChangingApplication
				.with(UPPER + "port=" + taken.getLocalPort(), UPPER + "start.on-failure=retry",
						UPPER + "drain.over=10s")
				.withBean(InPhase.class, () -> new InPhase(DRAIN - 1, () -> started.thenAccept((context) -> {
					states.add(server(context).state());
					attempts.add(context.getBean(SocketServersLifecycle.class).nextAttempt("upper"));
				})))
				.run((context) -> {
					started.complete(context);
					await().until(() -> context.getBean(SocketServersLifecycle.class).nextAttempt("upper") != null);

					context.stop();

					assertThat(states).containsExactly(ServerState.STOPPED);
					assertThat(attempts).hasSize(1).containsOnlyNulls();
				});
		}
	}

	@Test
	void aClientConnectsWithTheNextStart() {
		ChangingApplication.with(UPPER + "port=0").run((context) -> {
			context.stop();

			ChangingApplication.change(context, Verdict.CREATE, UPPER + "port=0",
					"socket.clients.late.port=" + Ports.free());

			SocketClient late = context.getBean(SocketClients.class).get("late");
			assertThat(late.state()).isEqualTo(ClientState.STOPPED);
			context.start();
			assertThat(late.state()).isNotEqualTo(ClientState.STOPPED);
		});
	}

	/** Does something in a phase of the stop, which ends no sooner. */
	private static final class InPhase implements SmartLifecycle {

		private final int phase;

		private final Task task;

		private volatile boolean running;

		InPhase(int phase, Task task) {
			this.phase = phase;
			this.task = task;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public void stop(Runnable callback) {
			stop();
			this.task.begin().whenComplete((result, failure) -> callback.run());
		}

	}

	private interface Task {

		CompletableFuture<?> begin();

	}

}
