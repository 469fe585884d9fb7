package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSettingsChangedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.Setting.Source;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SettingsRefusedException.Refusal;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * An application that changes settings, or fails, while they are changed.
 */
class ChangesWithinChangesTests {

	@Test
	void aListenerThatFailsDoesNotFailTheChange() {
		AtomicBoolean notified = new AtomicBoolean();
		ChangingApplication.with("socket.servers.upper.port=0")
			.withInitializer((context) -> context
				.addApplicationListener(ApplicationListener.forPayload((SocketSettingsChangedEvent event) -> {
					notified.set(true);
					throw new IllegalStateException("listener");
				})))
			.run((context) -> {
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8");

				SettingsOutcome outcome = ChangingApplication.apply(context, Verdict.APPLIED);

				assertThat(notified).isTrue();
				assertThat(outcome.version()).isEqualTo(2);
				assertThat(outcome.applied()).extracting(SettingsChange::key).containsExactly("limits.sessions");
				assertThat(context.getBean(SocketServers.class).get("upper").spec().limits().sessions()).isEqualTo(8);
			});
	}

	@Test
	void aChangeInTheMidstOfAnotherIsRefused() {
		List<Object> nested = new CopyOnWriteArrayList<>();
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			context.getSourceApplicationContext()
				.addApplicationListener(ApplicationListener.forPayload((SocketServerStoppedEvent event) -> {
					try {
						nested.add(ChangingApplication.apply(context, Verdict.REMOVE));
					}
					catch (RuntimeException ex) {
						nested.add(ex);
					}
				}));
			Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.backlog=8",
					"socket.servers.upper.limits.sessions=8");

			SettingsOutcome outcome = ChangingApplication.apply(context, Verdict.RESTART);

			assertThat(outcome.version()).isEqualTo(2);
			assertThat(nested).singleElement().isInstanceOf(SettingsConflictException.class);
		});
	}

	@Test
	void whatIsChangedJustNowIsStillConfigured() {
		String plan = "socket.servers.two.drain.over=1m";
		ChangingApplication
			.with("socket.servers.one.port=0", "socket.servers.one.handler=upper", "socket.servers.two.port=0",
					"socket.servers.two.handler=upper", plan)
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				SocketServer one = context.getBean(SocketServers.class).get("one");
				SocketServer two = context.getBean(SocketServers.class).get("two");
				CompletableFuture<SettingsOutcome> outcome;
				try (TestPeer peer = TestPeer.connect(context, "two")) {
					assertThat(peer.ask("a")).isEqualTo("A");
					Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
							"socket.servers.one.backlog=5", "socket.servers.two.port=0",
							"socket.servers.two.handler=upper", "socket.servers.two.backlog=5", plan);
					outcome = CompletableFuture.supplyAsync(() -> ChangingApplication.apply(context, Verdict.RESTART));
					await().atMost(Patience.limit()).until(() -> two.state() == ServerState.DRAINING);
					assertThat(one.spec().backlog()).isEqualTo(5);

					assertThat(settings.plan().changes())
						.extracting(SettingsChange::entry, SettingsChange::key, SettingsChange::verdict)
						.containsExactly(Tuple.tuple("servers.one", "backlog", Verdict.RESTART),
								Tuple.tuple("servers.two", "backlog", Verdict.RESTART));
					assertThat(settings.of(context.getBean(SocketServers.class).get("one")))
						.filteredOn((setting) -> setting.key().equals("handler"))
						.extracting(Setting::from)
						.containsExactly(Source.ENTRY);
				}
				assertThat(outcome.get(Patience.limit().toSeconds(), TimeUnit.SECONDS).applied()).hasSize(2);
				assertThat(settings.plan().changes()).isEmpty();
			});
	}

	@Test
	void mistakesOfAllEntriesAreTold() {
		ChangingApplication
			.with("socket.servers.one.port=0", "socket.servers.one.handler=upper", "socket.servers.two.port=0",
					"socket.servers.two.handler=upper")
			.run((context) -> {
				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.one.ssl.bundle=none", "socket.servers.two.port=0",
						"socket.servers.two.handler=upper", "socket.servers.two.limits.sessions=many",
						"socket.servers.three.port=0", "socket.servers.three.handler=lower",
						"socket.clients.meter.port=many");

				assertThatExceptionOfType(SettingsRefusedException.class)
					.isThrownBy(() -> ChangingApplication.apply(context, Verdict.APPLIED))
					.satisfies((ex) -> assertThat(ex.refused()).extracting(Refusal::entry, Refusal::key)
						.containsExactlyInAnyOrder(Tuple.tuple("servers.one", "ssl.bundle"),
								Tuple.tuple("servers.two", "limits.sessions"), Tuple.tuple("servers.three", "handler"),
								Tuple.tuple("clients.meter", "port")));
			});
	}

	@Test
	void aListenerOfAttemptsChangesNothingMeanwhile() {
		List<Object> nested = new CopyOnWriteArrayList<>();
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			SettingsListener listener = (attempt) -> {
				if (attempt.outcome() == Outcome.APPLIED && nested.isEmpty()) {
					Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=9");
					try {
						nested.add(ChangingApplication.apply(context, Verdict.REMOVE));
					}
					catch (RuntimeException ex) {
						nested.add(ex);
					}
				}
			};
			context.getBeanFactory().registerSingleton("listener", listener);
			Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8");

			assertThat(ChangingApplication.apply(context, Verdict.RESTART).version()).isEqualTo(2);

			assertThat(nested).singleElement().isInstanceOf(SettingsConflictException.class);
		});
	}

	@Test
	void aServerThatAnOperatorStopsMeanwhileRests() {
		String[] file = { "socket.servers.upper.port=0", "socket.servers.upper.drain.over=1m" };
		ChangingApplication.with(file).run((context) -> {
			SocketServer upper = context.getBean(SocketServers.class).get("upper");
			try (TestPeer peer = TestPeer.connect(context, "upper");
					TestPeer second = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(second.ask("b")).isEqualTo("B");
				Environments.set(context, file[0], file[1], "socket.servers.upper.backlog=8");
				CompletableFuture<SettingsOutcome> outcome = CompletableFuture
					.supplyAsync(() -> ChangingApplication.apply(context, Verdict.RESTART));
				await().until(() -> upper.state() == ServerState.DRAINING);

				assertThat(upper.stop()).isTrue();

				assertThat(Patience.await(outcome).left()).isEmpty();
				assertThat(upper.state()).isEqualTo(ServerState.STOPPED);
				assertThat(upper.spec().backlog()).isEqualTo(8);
			}
		});
	}

	@Test
	void aServerThatAnOperatorDrainsBeforeItsTurnRests() {
		String[] file = { "socket.servers.first.port=0", "socket.servers.first.handler=upper",
				"socket.servers.first.drain.over=1m", "socket.servers.upper.port=0",
				"socket.servers.upper.drain.over=1m" };
		ChangingApplication.with(file).run((context) -> {
			SocketServer first = context.getBean(SocketServers.class).get("first");
			SocketServer upper = context.getBean(SocketServers.class).get("upper");
			CompletableFuture<SettingsOutcome> outcome;
			// Each has a session whose turn is half a minute later.
			try (TestPeer peer = TestPeer.connect(context, "upper");
					TestPeer second = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(second.ask("b")).isEqualTo("B");
				try (TestPeer other = TestPeer.connect(context, "first");
						TestPeer last = TestPeer.connect(context, "first")) {
					assertThat(other.ask("c")).isEqualTo("C");
					assertThat(last.ask("d")).isEqualTo("D");
					Environments.set(context, file[0], file[1], file[2], file[3], file[4],
							"socket.servers.first.backlog=8", "socket.servers.upper.backlog=8");
					outcome = CompletableFuture.supplyAsync(() -> ChangingApplication.apply(context, Verdict.RESTART));
					await().until(() -> first.state() == ServerState.DRAINING);

					CompletableFuture<?> unused = upper.drain(Duration.ofMinutes(2));
				}
				await().until(() -> first.state() == ServerState.RUNNING);
				assertThat(upper.state()).isEqualTo(ServerState.DRAINING);
			}
			assertThat(Patience.await(outcome).left()).isEmpty();
			assertThat(upper.state()).isEqualTo(ServerState.STOPPED);
			assertThat(upper.spec().backlog()).isEqualTo(8);
		});
	}

	/** Longer than a stop of the application would wait for it. */
	@Test
	void aListenerThatIsLateDelaysTheChange() {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		ChangingApplication.with("socket.servers.upper.port=0", "socket.servers.upper.drain-timeout=0s")
			.withInitializer((context) -> context
				.addApplicationListener(ApplicationListener.forPayload((SocketServerStoppedEvent event) -> {
					if (released.getCount() > 0) {
						called.countDown();
						Patience.hold(released);
					}
				})))
			.run((context) -> {
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.drain-timeout=0s",
						"socket.servers.upper.backlog=8");
				CompletableFuture<SettingsOutcome> outcome = CompletableFuture
					.supplyAsync(() -> ChangingApplication.apply(context, Verdict.RESTART));
				Patience.await(called);
				assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> outcome.get(6, TimeUnit.SECONDS));

				released.countDown();

				assertThat(Patience.await(outcome).left()).isEmpty();
				assertThat(context.getBean(SocketServers.class).get("upper").state()).isEqualTo(ServerState.RUNNING);
			});
	}

	@Test
	void aClientTakesWhatIsSentBeforeItStarts() {
		List<Object> pending = new CopyOnWriteArrayList<>();
		SocketClientListener sending = new SocketClientListener() {

			@Override
			public void registered(SocketClient client) {
				CompletableFuture<?> unused = client.send("early");
				pending.add(client.statistics().pending());
			}

		};
		String[] file = { "socket.servers.upper.port=0", "socket.clients.one.port=${local.socket.upper.port}",
				"socket.clients.two.port=${local.socket.upper.port}" };
		ChangingApplication.with(file[0], file[1])
			.withBean(SocketClientListener.class, () -> sending)
			.run((context) -> {
				ChangingApplication.change(context, Verdict.CREATE, file);

				assertThat(pending).hasSize(2).containsOnly(1);
			});
	}

}
