package dev.socketserver.exchange;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

import dev.socketserver.BindPolicy;
import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.settings.Verdict;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.Dispatchers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
class SocketExchangesTests {

	private final int port = Ports.free();

	@Test
	void methodsAskAndSendInEveryForm() {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			assertThat(plant.read(7)).isEqualTo("READ 7");
			assertThat(plant.position("a", 2)).isEqualTo("{a} 2");
			assertThat(plant.length("four")).isEqualTo(4);
			assertThat(plant.later("x")).succeedsWithin(Patience.limit()).isEqualTo("LATER x");
			assertThat(plant.mono("y").block(Patience.limit())).isEqualTo("MONO y");
			assertThat(plant.payload("any text\twith a tab")).isEqualTo("any text\twith a tab");
			plant.dropped("z");
			plant.set(3, 1.5);
			assertThat(plant.setLater("s")).succeedsWithin(Patience.limit());
			await().atMost(Patience.limit()).until(() -> Peers.sent.containsAll(List.of("SET 3 1.5", "SETLATER s")));
			assertThat(plant.twice(1)).isEqualTo("READ 1READ 1");
		});
	}

	@Test
	void interfaceSaysWhatTheTypesOfAMoreGeneralOneAre() throws Exception {
		run((context) -> {
			Lengths lengths = context.getBean(SocketExchanges.class).client("plant", Lengths.class);
			Integer now = lengths.now("x");
			assertThat(now).isEqualTo(5);
			assertThat(lengths.later("xy")).succeedsWithin(Patience.limit()).isEqualTo(6);
			assertThat(lengths.mono("xyz").block(Patience.limit())).isEqualTo(7);
			Object suspended = BuildersKt.runBlocking(Dispatchers.getDefault(),
					(scope, continuation) -> lengths.suspended("z", continuation));
			assertThat(suspended).isEqualTo(5);
		});
	}

	@Test
	void elementsOfAReplyAreWhatTheMethodSays() throws Exception {
		run((context) -> {
			Readings readings = context.getBean(SocketExchanges.class).client("plant", Readings.class);
			String two = "[{\"value\":1},{\"value\":2}]";
			for (Reading each : readings.now(two)) {
				assertThat(each.value()).isPositive();
			}
			assertThat(readings.later(two)).succeedsWithin(Patience.limit())
				.isEqualTo(List.of(new Reading(1), new Reading(2)));
			assertThat(readings.mono("{\"a\":[{\"value\":3}]}").block(Patience.limit()))
				.isEqualTo(Map.of("a", List.of(new Reading(3))));
			Object suspended = BuildersKt.runBlocking(Dispatchers.getDefault(),
					(scope, continuation) -> readings.suspended(two, continuation));
			assertThat(suspended).isEqualTo(List.of(new Reading(1), new Reading(2)));
			assertThatThrownBy(() -> readings.now("[7]")).isInstanceOf(SocketExchangeException.class)
				.cause()
				.isInstanceOf(PayloadException.class)
				.hasMessageStartingWith("a frame could not be converted to java.util.List");
			assertThat(readings.future("x").get()).isEqualTo("x");
			assertThatThrownBy(() -> readings.text(nothing())).isInstanceOf(IllegalArgumentException.class)
				.hasMessage("Parameter 'value' of Method SocketExchangesTests.Readings.text is null");
		});
	}

	/** An object whose text is none. */
	private static Object nothing() {
		return new Object() {

			@Override
			public String toString() {
				return null;
			}

		};
	}

	@Test
	void replyThatIsDroppedIsNotAwaitedOnceItIsCancelled() {
		run((context) -> {
			Dropped dropped = context.getBean(SocketExchanges.class).client("away", Dropped.class);
			SocketClient away = context.getBean(SocketClients.class).get("away");
			CompletableFuture<Void> future = dropped.future();
			Disposable mono = dropped.mono().subscribe();
			assertThat(away.statistics().pending()).isEqualTo(2);
			future.cancel(true);
			mono.dispose();
			await().atMost(Patience.limit()).until(() -> away.statistics().pending() == 0);
		}, "socket.clients.away.port=" + Ports.free(), "socket.clients.away.framing.type=line");
	}

	@Test
	void monoAsksWithEachSubscription() {
		run((context) -> {
			Mono<String> counted = context.getBean(Plant.class).mono("count");
			assertThat(counted.block(Patience.limit())).isEqualTo(counted.block(Patience.limit()));
			assertThat(Peers.seen.stream().filter("MONO count"::equals)).hasSize(2);
		});
	}

	@Test
	void suspendFunctionSuspendsAndReturns() throws Exception {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			Object reply = BuildersKt.runBlocking(Dispatchers.getDefault(),
					(scope, continuation) -> plant.suspended(5, continuation));
			assertThat(reply).isEqualTo("SUSPENDED 5");
			Object unit = BuildersKt.runBlocking(Dispatchers.getDefault(),
					(scope, continuation) -> plant.suspendedSend(6, continuation));
			assertThat(unit).isSameAs(Unit.INSTANCE);
			await().atMost(Patience.limit()).until(() -> Peers.sent.contains("SET suspended 6"));
		});
	}

	@Test
	void checkedExceptionIsThrownAsItIsOnlyWhereItIsDeclared() {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			assertThatExceptionOfType(SocketExchangeException.class).isThrownBy(() -> plant.silent(1))
				.withMessageContaining("Method SocketExchangesTests.Plant.silent failed: ")
				.withCauseInstanceOf(TimeoutException.class);
			assertThatExceptionOfType(TimeoutException.class)
				.isThrownBy(() -> plant.silentDeclared(Duration.ofMillis(20)));
			assertThat(plant.silentLater(2)).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(TimeoutException.class);
			assertThatThrownBy(() -> Patience.await(plant.silentMono(3).toFuture()))
				.hasCauseInstanceOf(TimeoutException.class);
		});
	}

	@Test
	void futuresFailDirectly() {
		run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			Failing failing = exchanges.client("plant", Failing.class);
			assertThat(failure(failing.elements("[7]"))).isInstanceOf(PayloadException.class);
			assertThat(failure(failing.value())).isInstanceOf(RequestTimeoutException.class);
			assertThat(failure(failing.dropped())).isInstanceOf(RequestTimeoutException.class);
			assertThat(failure(exchanges.identity("device", "absent", Failing.class).sent()))
				.isInstanceOf(DeliveryException.class);
		});
	}

	/** What is seen by who hangs something on a future. */
	private static Throwable failure(CompletableFuture<?> future) throws Exception {
		CompletableFuture<Throwable> seen = new CompletableFuture<>();
		future.whenComplete((value, failure) -> seen.complete(failure));
		return Patience.await(seen);
	}

	@Test
	void objectsAreEqualToThemselvesOnly() {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			assertThat(plant).isEqualTo(plant)
				.hasToString("Plant of client 'plant'")
				.isNotEqualTo(context.getBean(SocketExchanges.class).client("plant", Plant.class));
			assertThat(plant.hashCode()).isEqualTo(plant.hashCode());
		});
	}

	@Test
	void sessionAndIdentityAreAskedWhereverTheyAre() {
		run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			SocketSession session = bound(context.getBean(SocketServers.class));
			assertThat(exchanges.session(session, Device.class).status("now")).isEqualTo("device: STATUS now");
			assertThat(exchanges.identity("device", "d1", Device.class).status("then"))
				.isEqualTo("device: STATUS then");
			exchanges.identity("device", "d1", Device.class).tell("hello");
			await().atMost(Patience.limit()).until(() -> Peers.sent.contains("device: TELL hello"));

			Device gone = exchanges.session(session, Device.class);
			session.close();
			assertThat(session.closed()).succeedsWithin(Patience.limit());
			assertThatExceptionOfType(SocketExchangeException.class).isThrownBy(() -> gone.status("gone"))
				.withCauseInstanceOf(SessionClosedException.class);
			assertThatExceptionOfType(DeliveryException.class)
				.isThrownBy(() -> exchanges.identity("device", "absent", Device.class).status("x"))
				.satisfies((failure) -> assertThat(failure.delivery()).isEqualTo(Delivery.NO_SESSION));
			assertThatExceptionOfType(DeliveryException.class)
				.isThrownBy(() -> exchanges.identity("device", "absent", Device.class).tell("x"));
		});
	}

	@Test
	void methodThatWaitsFailsAtOnceOnAnEventLoop() {
		run((context) -> {
			SocketClient asks = context.getBean(SocketClients.class).get("plant");
			assertThat(asks.ask("LOOP", String.class, Patience.limit())).succeedsWithin(Patience.limit())
				.asString()
				.contains("Method SocketExchangesTests.Plant.read waits, and was called on an event loop");
			assertThat(Peers.seen).doesNotContain("READ 99");
		}, "socket.servers.plant.execution.mode=event-loop");
	}

	@Test
	void methodThatWaitsFailsAtOnceOnAThreadOfReactorThatMustNotWait() {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			Device device = exchanges.identity("device", "absent", Device.class);
			for (Scheduler scheduler : List.of(Schedulers.parallel(), Schedulers.single())) {
				assertThatIllegalStateException().isThrownBy(() -> on(scheduler, () -> plant.read(99)))
					.withMessageMatching("Method SocketExchangesTests.Plant.read waits, and was called on the thread "
							+ "'(parallel|single)-\\d+', which Reactor says must not wait; return a Mono or a "
							+ "CompletableFuture, make it a suspend function, or call it by "
							+ "subscribeOn\\(Schedulers.boundedElastic\\(\\)\\)");
				assertThatIllegalStateException().isThrownBy(() -> on(scheduler, () -> device.status("x")));
				assertThatIllegalStateException().isThrownBy(() -> on(scheduler, () -> {
					device.tell("x");
					return "told";
				})).withMessageContaining("Device.tell waits");
				assertThat(on(scheduler, () -> plant.mono("m")).block(Patience.limit())).isEqualTo("MONO m");
				assertThat(on(scheduler, () -> plant.later("l"))).succeedsWithin(Patience.limit()).isEqualTo("LATER l");
				assertThat(on(scheduler, () -> {
					plant.set(1, 2);
					return "set";
				})).isEqualTo("set");
			}
			assertThat(on(Schedulers.boundedElastic(), () -> plant.read(7))).isEqualTo("READ 7");
			assertThat(Peers.seen).doesNotContain("READ 99");
		});
	}

	private static <T> T on(Scheduler scheduler, Callable<T> call) {
		return Mono.fromCallable(call).subscribeOn(scheduler).block(Patience.limit());
	}

	@Test
	void methodMayWaitInAHandlerForItsOwnSession() {
		run((context) -> {
			SocketSession session = bound(context.getBean(SocketServers.class));
			SocketClient device = context.getBean(SocketClients.class).get("device");
			device.send("ASK ME");
			await().atMost(Patience.limit()).until(() -> Peers.sent.contains("device: TELL device: STATUS me"));
			assertThat(session.closed()).isNotDone();
		});
	}

	@Test
	void valueThatIsNoPartOfTheTextIsRefused() {
		run((context) -> {
			Plant plant = context.getBean(Plant.class);
			for (String value : List.of("a\nb", "a\tb", "\u007f", "\u0085", "\u0000")) {
				assertThatThrownBy(() -> plant.later(value)).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("Parameter 'word' of Method SocketExchangesTests.Plant.later is a text with "
							+ "the control character 0x");
			}
			assertThatThrownBy(() -> plant.later(null)).isInstanceOf(IllegalArgumentException.class)
				.hasMessage("Parameter 'word' of Method SocketExchangesTests.Plant.later is null");
			assertThat(Peers.seen).isEmpty();
		});
	}

	@Test
	void valueThatEndsAFrameIsRefusedAlsoTogetherWithItsNeighbours() {
		run((context) -> {
			Delimited plant = context.getBean(SocketExchanges.class).client("plant", Delimited.class);
			assertThat(plant.read("a")).isEqualTo("READ #a#.");
			for (String value : List.of("##", "x##y", "#", "x#", "")) {
				assertThatThrownBy(() -> plant.read(value)).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining(
							"Parameter 'value' of Method SocketExchangesTests.Delimited.read is a text that "
									+ "makes hex:2323 here, which ends a frame");
			}
			assertThat(Peers.seen).containsExactly("READ #a#.");
		}, "socket.servers.plant.framing.type=delimiter", "socket.servers.plant.framing.delimiters=##",
				"socket.clients.plant.framing.type=delimiter", "socket.clients.plant.framing.delimiters=##");
	}

	/** As tests have it. */
	@Test
	void aSessionOfNoServerRefusesWhatThatOfItsServerDoes() {
		run((context) -> {
			SocketSession session = (SocketSession) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { SocketSession.class }, (proxy, method, values) -> "plant");
			Delimited plant = context.getBean(SocketExchanges.class).session(session, Delimited.class);
			assertThatThrownBy(() -> plant.last("x##y")).isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining("which ends a frame");
		}, "socket.servers.plant.framing.type=delimiter", "socket.servers.plant.framing.delimiters=##",
				"socket.clients.plant.framing.type=delimiter", "socket.clients.plant.framing.delimiters=##");
	}

	/** The peer would find the end one character too early. */
	@Test
	void valueThatEndsAFrameTogetherWithWhatFollowsTheTextIsRefused() {
		for (String key : List.of("framing.switchable=false", "framing.keep=true", "framing.embedded=reject")) {
			run((context) -> {
				Delimited plant = context.getBean(SocketExchanges.class).client("plant", Delimited.class);
				for (String value : List.of("a#", "#")) {
					assertThatThrownBy(() -> plant.last(value)).isInstanceOf(IllegalArgumentException.class)
						.hasMessageContaining(
								"Parameter 'value' of Method SocketExchangesTests.Delimited.last is a text "
										+ "that makes hex:2323 here, which ends a frame");
				}
				assertThatThrownBy(() -> plant.two("a#", "")).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("Parameter 'first' of");
				plant.last("#a");
				plant.ended("a");
				await().atMost(Patience.limit()).until(() -> Peers.sent.size() == 2);
				assertThat(Peers.sent.get(0)).startsWith("SET #a");
				assertThat(Peers.sent.get(1)).startsWith("SET a!");
			}, "socket.servers.plant.framing.type=delimiter", "socket.servers.plant.framing.delimiters=##",
					"socket.clients.plant.framing.type=delimiter", "socket.clients.plant.framing.delimiters=##",
					"socket.clients.plant." + key);
		}
	}

	@Test
	void framingOfTheTemplateItselfIsItsOwn() {
		run((context) -> {
			Delimited plant = context.getBean(SocketExchanges.class).client("plant", Delimited.class);
			plant.half("a");
			await().atMost(Patience.limit()).until(() -> Peers.sent.contains("SET a"));
		}, "socket.servers.plant.framing.type=delimiter", "socket.servers.plant.framing.delimiters=##",
				"socket.clients.plant.framing.type=delimiter", "socket.clients.plant.framing.delimiters=##");
	}

	/** Settings have changed, and the connections stay. */
	@Test
	void valueThatEndsAFrameOfAnOpenConnectionIsRefused() {
		run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			SocketSession session = bound(context.getBean(SocketServers.class));
			assertThat(context.getBean(Plant.class).read(1)).isEqualTo("READ 1");
			List<Device> all = List.of(exchanges.session(session, Device.class),
					exchanges.identity("device", "d1", Device.class), exchanges.client("plant", Device.class));
			for (Device device : all) {
				assertThatThrownBy(() -> device.status("a;b")).hasMessageContaining("makes hex:3b here");
			}
			TestPropertyValues
				.of("socket.servers.plant.framing.delimiters=|", "socket.clients.plant.framing.delimiters=|")
				.applyTo(context);
			assertThat(ChangingApplication.apply(context, Verdict.NEW_SESSIONS).left()).isEmpty();

			assertThat(session.closed()).isNotDone();
			for (Device device : List.of(exchanges.session(session, Device.class), all.get(0), all.get(1),
					all.get(2))) {
				assertThatThrownBy(() -> device.status("a;b")).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("makes hex:3b here, which ends a frame");
			}
			assertThatThrownBy(() -> all.get(2).tell("a|b")).as("the next connection")
				.hasMessageContaining("makes hex:7c here");
			assertThat(all.get(0).status("a|b")).isEqualTo("device: STATUS a|b");
		}, "socket.servers.plant.framing.type=delimiter", "socket.servers.plant.framing.delimiters=;",
				"socket.clients.plant.framing.type=delimiter", "socket.clients.plant.framing.delimiters=;",
				"socket.clients.device.framing.type=delimiter", "socket.clients.device.framing.delimiters=;");
	}

	@Test
	void valueThatEndsAFrameOfTheFramingThatTheSessionHasNowIsRefused() {
		run((context) -> {
			SocketServers servers = context.getBean(SocketServers.class);
			try (Socket peer = alsoBound()) {
				await().atMost(Patience.limit()).until(() -> servers.find("device", "d2").size() == 1);
				SocketSession session = servers.find("device", "d2").get(0);
				Device device = context.getBean(SocketExchanges.class).session(session, Device.class);
				session.framing(Framing.delimiter("#"));
				await().atMost(Patience.limit())
					.untilAsserted(() -> assertThatThrownBy(() -> device.tell("a#b"))
						.hasMessageContaining("makes hex:23 here, which ends a frame"));
				assertThat(peer.isConnected()).isTrue();
			}
		}, "socket.servers.plant.framing.switchable=true");
	}

	@Test
	void valueThatEndsAFrameOfTheListenerIsRefused() {
		int other = Ports.free();
		run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			SocketSession session = bound(context.getBean(SocketServers.class));
			for (Device device : List.of(exchanges.session(session, Device.class),
					exchanges.identity("device", "d1", Device.class),
					exchanges.identity("device", "d2", Device.class))) {
				assertThatThrownBy(() -> device.status("a#b")).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("makes hex:23 here, which ends a frame");
			}
		}, "socket.servers.plant.listeners.other.port=" + other,
				"socket.servers.plant.listeners.other.framing.type=delimiter",
				"socket.servers.plant.listeners.other.framing.delimiters=#", "socket.clients.device.port=" + other,
				"socket.clients.device.framing.type=delimiter", "socket.clients.device.framing.delimiters=#");
	}

	/** The peer does not read, and has another session of the same identity. */
	@Test
	void whatIsSentIsAcceptedAndNotWritten() {
		run((context) -> {
			SocketServers servers = context.getBean(SocketServers.class);
			try (Socket older = alsoBound(); Socket newer = alsoBound()) {
				await().atMost(Patience.limit()).until(() -> servers.find("device", "d2").size() == 2);
				Device device = context.getBean(SocketExchanges.class).identity("device", "d2", Device.class);
				assertThat(CompletableFuture.runAsync(() -> device.tell("x".repeat(16 << 20))))
					.succeedsWithin(Patience.limit());
				assertThat(older.isConnected() && newer.isConnected()).isTrue();
			}
		}, "socket.servers.plant.timeouts.write=1h");
	}

	private Socket alsoBound() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
		socket.getOutputStream().write("I AM ALSO d2\n".getBytes(StandardCharsets.UTF_8));
		return socket;
	}

	private void run(ContextConsumer<? super AssertableApplicationContext> check, String... properties) {
		Peers.seen.clear();
		Peers.sent.clear();
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
			.withUserConfiguration(Peers.class)
			.withPropertyValues("socket.servers.plant.port=" + this.port, "socket.servers.plant.framing.type=line",
					"socket.clients.plant.port=" + this.port, "socket.clients.plant.framing.type=line",
					"socket.clients.device.port=" + this.port, "socket.clients.device.handler=device",
					"socket.clients.device.framing.type=line")
			.withPropertyValues(properties)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				check.accept(context);
			});
	}

	private static SocketSession bound(SocketServers servers) {
		await().atMost(Patience.limit()).until(() -> servers.find("device", "d1").size() == 1);
		return servers.find("device", "d1").get(0);
	}

	@SocketExchange("plant")
	interface Plant {

		@Ask(value = "READ {sensor}", timeout = "5m")
		String read(int sensor);

		@Ask(value = "{{{0}} {1}", timeout = "5m")
		String position(String first, int second);

		@Ask(timeout = "5m")
		Integer length(String payload);

		@Ask(value = "LATER {word}", timeout = "5m")
		CompletableFuture<String> later(String word);

		@Ask(value = "MONO {word}", timeout = "5m")
		Mono<String> mono(String word);

		@Ask(timeout = "5m")
		String payload(String any);

		@Ask(value = "DROPPED {word}", timeout = "5m")
		void dropped(String word);

		@Send("SET {sensor} {value}")
		void set(int sensor, double value);

		@Send("SETLATER {word}")
		CompletableFuture<Void> setLater(String word);

		@Ask(value = "SILENT {number}", timeout = "20ms")
		String silent(int number);

		@Ask("SILENT declared")
		String silentDeclared(Duration timeout) throws TimeoutException;

		@Ask(value = "SILENT {number}", timeout = "20ms")
		CompletableFuture<String> silentLater(int number);

		@Ask(value = "SILENT {number}", timeout = "20ms")
		Mono<String> silentMono(int number);

		@Ask(value = "SUSPENDED {0}", timeout = "5m")
		Object suspended(int number, Continuation<? super String> continuation);

		@Send("SET suspended {0}")
		Object suspendedSend(int number, Continuation<? super Unit> continuation);

		default String twice(int sensor) {
			return read(sensor) + read(sensor);
		}

	}

	interface General<T> {

		@Ask(value = "NOW {what}", timeout = "5m")
		T now(String what);

		@Ask(value = "NOW {what}", timeout = "5m")
		CompletableFuture<T> later(String what);

		@Ask(value = "NOW {what}", timeout = "5m")
		Mono<T> mono(String what);

		@Ask(value = "NOW {what}", timeout = "5m")
		Object suspended(String what, Continuation<? super T> continuation);

	}

	interface Lengths extends General<Integer> {

	}

	record Reading(int value) {

	}

	interface Readings {

		@Ask(timeout = "5m")
		List<Reading> now(String json);

		@Ask(timeout = "5m")
		CompletableFuture<List<Reading>> later(String json);

		@Ask(timeout = "5m")
		Mono<Map<String, List<Reading>>> mono(String json);

		@Ask(value = "{0}", timeout = "5m")
		Object suspended(String json, Continuation<? super List<Reading>> continuation);

		@Ask(timeout = "5m")
		Future<String> future(String any);

		@Ask(value = "TEXT {value}", timeout = "5m")
		String text(Object value);

	}

	interface Dropped {

		@Ask(value = "DROPPED", timeout = "1h")
		CompletableFuture<Void> future();

		@Ask(value = "DROPPED", timeout = "1h")
		Mono<Void> mono();

	}

	@SocketExchange
	interface Device {

		@Ask(value = "STATUS {when}", timeout = "5m")
		String status(String when);

		@Send("TELL {what}")
		void tell(String what);

	}

	@SocketExchange
	interface Delimited {

		@Ask(value = "READ #{value}#.", timeout = "5m")
		String read(String value);

		@Send("SET {value}")
		void last(String value);

		@Send("SET {value}!")
		void ended(String value);

		@Send("SET {value}#")
		void half(String value);

		@Send("SET {first}{second}")
		void two(String first, String second);

	}

	interface Failing {

		@Ask(value = "SILENT", timeout = "20ms")
		CompletableFuture<String> value();

		@Ask(value = "SILENT", timeout = "20ms")
		CompletableFuture<Void> dropped();

		@Ask(timeout = "5m")
		CompletableFuture<List<Reading>> elements(String json);

		@Send("SET absent")
		CompletableFuture<Void> sent();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportSocketExchanges(Plant.class)
	static class Peers {

		static final List<String> seen = new CopyOnWriteArrayList<>();

		static final List<String> sent = new CopyOnWriteArrayList<>();

		@Bean
		PayloadConverter<Integer> lengths() {
			return new PayloadConverter<>() {

				@Override
				public Class<Integer> type() {
					return Integer.class;
				}

				@Override
				public Integer read(byte[] source, int offset, int length) {
					return length;
				}

				@Override
				public byte[] write(Integer payload) {
					return payload.toString().getBytes();
				}

			};
		}

		@Bean
		PlantHandler plantHandler(SocketExchanges exchanges, ObjectProvider<Plant> plant) {
			return new PlantHandler(exchanges, plant);
		}

		@Bean
		DeviceHandler deviceHandler() {
			return new DeviceHandler();
		}

	}

	@SocketHandler("plant")
	record PlantHandler(SocketExchanges exchanges, ObjectProvider<Plant> plant) {

		@OnMessage
		String received(String message, SocketSession session) {
			if (message.startsWith("I AM ALSO ")) {
				session.bind("device", message.substring(10), BindPolicy.ALLOW);
				return null;
			}
			if (message.startsWith("I AM ")) {
				// Binding is refused on an event loop.
				session.bind("device", message.substring(5));
				return null;
			}
			if (message.equals("LOOP")) {
				try {
					return this.plant.getObject().read(99);
				}
				catch (IllegalStateException ex) {
					return ex.getMessage();
				}
			}
			if (message.equals("ASK ME")) {
				Device device = this.exchanges.session(session, Device.class);
				device.tell(device.status("me"));
				return null;
			}
			if (message.startsWith("SET")) {
				Peers.sent.add(message);
				return null;
			}
			Peers.seen.add(message);
			return message.startsWith("SILENT") ? null : message;
		}

	}

	@SocketClientHandler("device")
	static class DeviceHandler {

		@OnOpen
		void opened(SocketSession session) {
			session.send("I AM d1");
		}

		@OnMessage
		String received(String message) {
			if (message.startsWith("TELL")) {
				Peers.sent.add("device: " + message);
				return null;
			}
			return "device: " + message;
		}

	}

}
