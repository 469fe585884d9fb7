package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.lifecycle.LateBean;
import dev.socketserver.autoconfigure.lifecycle.SetUpAttempt;
import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.settings.SocketSettingsTests.Words;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSettingsChangedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.dispatch.DispatchedSessions;
import dev.socketserver.handler.dispatch.MethodCalls;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.operator.ServerOperations;
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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

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
				// The second has its turn half a minute after the first.
				try (TestPeer peer = TestPeer.connect(context, "two");
						TestPeer second = TestPeer.connect(context, "two")) {
					assertThat(peer.ask("a")).isEqualTo("A");
					assertThat(second.ask("b")).isEqualTo("B");
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
	void whatCannotBeReadIsOneRowWithWhatIsInForce() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.servers.upper.framing=line",
					"socket.servers.upper.timeouts.idle=91s")
			.run((context) -> {
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.framing=linee",
						"socket.servers.upper.timeouts.idle=soon");

				assertThat(context.getBean(SocketSettings.class).plan().changes())
					.extracting(SettingsChange::key, SettingsChange::from, SettingsChange::to, SettingsChange::verdict)
					.containsExactlyInAnyOrder(Tuple.tuple("framing.type", "line", "linee", Verdict.REFUSED),
							Tuple.tuple("timeouts.idle", "91s", "soon", Verdict.REFUSED));
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
	void whatIsMadeIsInForceWhileServersThatAreRemovedEnd() {
		List<Object> seen = new CopyOnWriteArrayList<>();
		ChangingApplication
			.with("socket.servers.one.port=0", "socket.servers.one.handler=upper", "socket.servers.upper.port=0")
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				SocketServer upper = context.getBean(SocketServers.class).get("upper");
				context.getSourceApplicationContext()
					.addApplicationListener(ApplicationListener.forPayload((SocketServerStoppedEvent event) -> {
						seen.add(settings.version());
						settings.history().forEach((attempt) -> seen.add(attempt.version()));
						settings.of(upper)
							.stream()
							.filter((setting) -> setting.key().equals("limits.sessions"))
							.forEach((setting) -> seen.add(setting.value()));
						seen.addAll(settings.plan().changes());
					}));

				ChangingApplication.change(context, Verdict.REMOVE, "socket.servers.upper.port=0",
						"socket.servers.upper.limits.sessions=8");

				assertThat(seen).containsExactly(2L, 2L, "8");
			});
	}

	@Test
	void whatIsRemovedIsThatOfThePropertiesUntilItIsGone() {
		String[] server = { "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8" };
		String[] client = { "socket.clients.one.port=1", "socket.clients.one.start.auto=false" };
		List<Object> seen = new CopyOnWriteArrayList<>();
		ChangingApplication.with(Stream.of(server, client).flatMap(Stream::of).toArray(String[]::new))
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				SocketServer upper = context.getBean(SocketServers.class).get("upper");
				context.getSourceApplicationContext()
					.addApplicationListener(ApplicationListener.forPayload((SocketServerStoppedEvent event) -> {
						seen.add(from(settings.of(upper), "limits.sessions"));
						Environments.set(context, server);
						settings.plan().changes().forEach((change) -> seen.add(change.verdict()));
						SocketClient one = context.getBean(SocketClients.class).get("one");
						seen.add(from(settings.of(one), "port"));
						Environments.set(context, client);
						settings.plan().changes().forEach((change) -> seen.add(change.verdict()));
					}));

				ChangingApplication.change(context, Verdict.REMOVE);

				assertThat(seen).containsExactly(Source.ENTRY, Verdict.CREATE, Source.ENTRY, Verdict.CREATE);
				assertThat(settings.of(upper)).extracting(Setting::from)
					.contains(Source.CODE)
					.doesNotContain(Source.ENTRY);
			});
	}

	private static Source from(List<Setting> settings, String key) {
		return settings.stream().filter((setting) -> setting.key().equals(key)).findFirst().orElseThrow().from();
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

	@Test
	void callsOfSessionsThatOpenMeanwhileAreCountedWithThoseOfBefore() {
		ChangingApplication
			.with(Stream.of("a", "b", "c", "d").flatMap((name) -> words(name, "words")).toArray(String[]::new))
			.withUserConfiguration(Words.class)
			.run((context) -> {
				SocketServers servers = context.getBean(SocketServers.class);
				Configured configured = new Configured(context.getBean(SocketProperties.class), Set.of(),
						new LocalPlaceholders(context.getEnvironment()));
				Steps steps = new Steps(context, servers,
						new LateBean<>(context.getBeanFactory(), SocketClients.class, "socketClients"), Map.of(),
						new Trial.Result(List.of(), configured, SetUpAttempt.none(), configured.properties(),
								List.of()),
						InForce.nothing(configured), configured::properties);
				ServerSpec a = servers.get("a").spec();
				ServerSpec b = servers.get("b").spec();
				SocketServer server = mock(SocketServer.class, withSettings().extraInterfaces(ServerOperations.class));
				given(server.spec()).willReturn(a);
				SocketClient client = mock(SocketClient.class, withSettings().extraInterfaces(ClientOperations.class));
				given(client.state()).willReturn(ClientState.STOPPED);
				given(client.stop()).willReturn(CompletableFuture.completedFuture(null));
				given(client.spec()).willReturn(client(b), client(servers.get("c").spec()));
				List<Boolean> continued = new ArrayList<>();
				willAnswer((invocation) -> {
					continued.add(calls(b.session()).continues(calls(a.session())));
					return null;
				}).given(ServerOperations.of(server)).reconfigure(any(), anyLong());
				willAnswer((invocation) -> {
					ClientSpec next = invocation.getArgument(0);
					continued.add(calls(next.session()).continues(calls(a.session())));
					return null;
				}).given(ClientOperations.of(client)).reconfigure(any(), anyLong());

				steps.reconfigure(server, b);
				steps.reconfigure(client, client(servers.get("c").spec()));
				steps.restart(client, client(servers.get("d").spec()));

				assertThat(continued).containsExactly(true, true, true);
			});
	}

	private static Stream<String> words(String server, String handler) {
		return Stream.of("port=0", "discriminator=word", "handler=" + handler)
			.map((property) -> "socket.servers." + server + "." + property);
	}

	private static ClientSpec client(ServerSpec handled) {
		return ClientSpec.builder("it").port(1).handler(handled.handler()).build();
	}

	private static MethodCalls calls(SessionSpec spec) {
		return Objects.requireNonNull(Objects.requireNonNull(DispatchedSessions.of(spec.handler())).calls());
	}

	@Test
	void callsOfOtherMethodsAreCountedBeforeMetersShowThem() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		ChangingApplication.with(words("it", "words").toArray(String[]::new))
			.withUserConfiguration(Words.class)
			.withBean("others", Others.class)
			.run((context) -> {
				SocketServerMetrics metrics = new SocketServerMetrics();
				metrics.bindTo(registry);
				metrics.registered(context.getBean(SocketServers.class).get("it"));
				ChangingApplication.change(context, Verdict.RESTART, words("it", "others").toArray(String[]::new));
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("HELLO")).isEqualTo("hi");
				}

				context.getBean(SocketSettings.class).history().forEach(metrics::ended);

				assertThat(registry.get("socket.server.handler").functionTimers())
					.filteredOn((timer) -> timer.count() > 0)
					.singleElement()
					.satisfies((timer) -> assertThat(timer.count()).isEqualTo(1));
			});
	}

	static class Others {

		@OnMessage("HELLO")
		String hi() {
			return "hi";
		}

		@OnMessage("BYE")
		String leave() {
			return "left";
		}

	}

}
