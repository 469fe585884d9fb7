package dev.socketserver.actuate.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import com.sun.management.ThreadMXBean;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.actuate.history.HistoryDescriptor.FiguresDescriptor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketServerAlarmEvent;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SocketHistoryTests {

	private static final long KILOBYTES = 1024;

	private final RunningServers running = new RunningServers();

	private final AtomicLong clock = new AtomicLong(1_000_000);

	private final SocketHistory history = new SocketHistory(this.running.servers(), null, this.clock::get);

	@AfterEach
	void stop() {
		this.running.close();
	}

	@Test
	void remembersByHowMuchCountersHaveGrown() throws Exception {
		SocketServer server = this.running.upper("upper");
		sample();
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
			await().until(() -> server.statistics().messagesSent() == 1);
			sample();
			assertThat(peer.ask("three")).isEqualTo("THREE");
			assertThat(peer.ask("four")).isEqualTo("FOUR");
			await().until(() -> server.statistics().messagesSent() == 3);
			sample();
		}

		HistoryDescriptor all = this.history.describe(null);
		assertThat(all.times()).containsExactly(1_005_000L, 1_010_000L, 1_015_000L);
		assertThat(all.interval()).isEqualTo(5000);
		Map<String, long[]> figures = only(all).figures();
		assertThat(figures.get("sessions")).containsExactly(0, 1, 1);
		assertThat(figures.get("messagesIn")).containsExactly(0, 1, 2);
		assertThat(figures.get("bytesIn")).containsExactly(0, 4, 11);
		assertThat(figures.get("accepted")).containsExactly(0, 1, 0);
		assertThat(figures.get("handlerMicros")).hasSize(3);

		HistoryDescriptor later = this.history.describe(1_010_000L);
		assertThat(later.times()).containsExactly(1_015_000L);
		assertThat(only(later).figures().get("messagesIn")).containsExactly(2);
		assertThat(only(this.history.describe(1_015_000L)).figures().get("messagesIn")).isEmpty();
	}

	@Test
	void hasNoThreadBeforeThereIsAServerOrClient() {
		Set<Thread> before = threads();
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(Remembering.class)
			.run((context) -> {
				assertThat(context.getBean(SocketHistory.class).isRunning()).isTrue();
				assertThat(before).containsAll(threads());
				context.getBean(SocketClients.class)
					.register(ClientSpec.builder("later").host("localhost").port(1).build());
				assertThat(threads()).filteredOn((thread) -> !before.contains(thread)).hasSize(1);
				await().untilAsserted(
						() -> assertThat(context.getBean(SocketHistory.class).describe(null).clients()).hasSize(1));
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Remembering {

		@Bean
		SocketHistory history(SocketServers servers, SocketClients clients) {
			return new SocketHistory(servers, clients);
		}

	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("socket-history"))
			.collect(Collectors.toSet());
	}

	@Test
	void remembersFifteenMinutes() {
		this.running.upper("upper");
		for (int i = 0; i < 400; i++) {
			sample();
		}

		HistoryDescriptor all = this.history.describe(null);
		assertThat(all.times()).hasSize(180).isSorted().endsWith(this.clock.get());
		assertThat(all.times().get(179) - all.times().get(0)).isEqualTo(TimeUnit.SECONDS.toMillis(895));
		assertThat(only(all).figures().get("sessions")).hasSize(180);
	}

	@Test
	void serversThatAreYoungerHaveFewerPointsAndThoseThatAreGoneNone() {
		sample();
		sample();
		this.running.upper("late");
		sample();

		assertThat(this.history.describe(null).times()).hasSize(3);
		assertThat(only(this.history.describe(null)).figures().get("sessions")).hasSize(1);
		this.running.servers().server("late").orElseThrow().stop();
		this.running.servers().remove("late");
		assertThat(this.history.describe(null).servers()).isEmpty();
		sample();
		assertThat(this.history.describe(null).servers()).isEmpty();
	}

	@Test
	void knowsWhyConnectionsWereRefusedAndSessionsEndedInTheLastMinutes() throws Exception {
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.upperSpec("small").limits((limits) -> limits.sessions(1)).build());
		sample();
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("in")).isEqualTo("IN");
			connectRefused(server);
			await().until(() -> !server.statistics().rejected().isEmpty());
		}
		await().until(() -> server.statistics().active() == 0);
		assertThat(only(this.history.describe(null)).refused()).isEqualTo(Map.of("LIMIT_SESSIONS", 1L));
		assertThat(only(this.history.describe(null)).closed()).isEqualTo(Map.of("PEER_CLOSED", 1L));
		assertThat(only(this.history.describe(null)).stuck()).isZero();

		for (int i = 0; i < 5 * 12; i++) {
			sample();
		}
		assertThat(only(this.history.describe(null)).refused()).isEmpty();
		assertThat(only(this.history.describe(null)).closed()).isEmpty();
	}

	/** Such as one that other settings have started again. */
	@Test
	void knowsWhatAServerHasCountedThatTookThePlaceOfAnother() throws Exception {
		for (int i = 0; i < 2; i++) {
			SocketServer server = RunningServers.started(this.running.servers(),
					RunningServers.upperSpec("small").limits((limits) -> limits.sessions(1)).build());
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				assertThat(peer.ask("in")).isEqualTo("IN");
				connectRefused(server);
				await().until(() -> !server.statistics().rejected().isEmpty());
			}
			if (i == 0) {
				sample();
				this.running.servers().remove("small");
			}
		}
		assertThat(only(this.history.describe(null)).refused()).isEqualTo(Map.of("LIMIT_SESSIONS", 1L));
		sample();
		assertThat(only(this.history.describe(null)).refused()).isEqualTo(Map.of("LIMIT_SESSIONS", 1L));
	}

	private static void connectRefused(SocketServer server) {
		try {
			TestPeer.connect(server.localAddress()).close();
		}
		catch (IOException | UncheckedIOException ex) {
			// It was reset before it was connected.
		}
	}

	@Test
	void alarmsAreRememberedUntilTheyAreOver() {
		SocketServer server = this.running.upper("upper");
		sample();
		alarm(server, Alarm.Kind.ACCEPT_FAILED);
		alarm(server, Alarm.Kind.SESSIONS);
		assertThat(only(this.history.describe(null)).alarms()).isEqualTo(Map.of(Alarm.Kind.ACCEPT_FAILED.name(),
				this.clock.get(), Alarm.Kind.SESSIONS.name(), this.clock.get()));

		alarm(server, Alarm.Kind.ACCEPT_RESUMED);
		assertThat(only(this.history.describe(null)).alarms()).containsOnlyKeys(Alarm.Kind.SESSIONS.name());
		this.clock.addAndGet(TimeUnit.MINUTES.toMillis(15));
		assertThat(only(this.history.describe(null)).alarms()).isEmpty();
	}

	@Test
	void troubleOfAListenerEndsWithIt() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withUserConfiguration(Remembering.class, UpperHandler.class)
			.withPropertyValues("socket.servers.upper.port=0")
			.run((context) -> {
				SocketServer server = context.getBean(SocketServers.class).get("upper");
				SocketHistory history = context.getBean(SocketHistory.class);
				await().until(() -> !history.describe(null).servers().isEmpty());
				for (Alarm.Kind kind : List.of(Alarm.Kind.ACCEPT_FAILED, Alarm.Kind.SESSIONS)) {
					context.publishEvent(new SocketServerAlarmEvent(server, kind, "of this test", null));
				}
				assertThat(only(history.describe(null)).alarms()).hasSize(2);
				server.stop();
				server.start();
				assertThat(only(history.describe(null)).alarms()).containsOnlyKeys(Alarm.Kind.SESSIONS.name());
			});
	}

	@Test
	void clientsAreRemembered() {
		try (NettySocketClients clients = new NettySocketClients(this.running.servers(), List::of)) {
			clients.register(ClientSpec.builder("meter").port(1).framing(Framing.line()).build());
			SocketHistory history = new SocketHistory(this.running.servers(), clients, this.clock::get);
			history.sample();
			assertThat(history.describe(null).clients()).singleElement().satisfies((client) -> {
				assertThat(client.name()).isEqualTo("meter");
				assertThat(client.figures().get("waiting")).containsExactly(0);
				assertThat(client.figures()).containsKeys("attempts", "failed", "bytesOut");
			});
		}
	}

	@Test
	void takesPointsWhileItRuns() {
		this.running.upper("upper");
		this.history.start();
		await().until(() -> !this.history.describe(null).times().isEmpty());
		assertThat(this.history.isRunning()).isTrue();
		this.history.stop();
		assertThat(this.history.isRunning()).isFalse();
	}

	@Test
	void keepsAtMostSixteenKilobytesOfEach() {
		SocketServer server = this.running.upper("upper");
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		new Remembered(Remembered.OF_SERVERS).sample(server.statistics());
		long before = threads.getCurrentThreadAllocatedBytes();
		Remembered remembered = new Remembered(Remembered.OF_SERVERS);
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;
		remembered.sample(server.statistics());

		// All of it is allocated at once: samples are numbers in arrays.
		assertThat(allocated).isLessThanOrEqualTo(16 * KILOBYTES);
	}

	@Test
	void costsAThousandthOfACoreAtMost() {
		for (int i = 0; i < 20; i++) {
			this.running.upper("upper-" + i);
		}
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		sampleOften(2000);
		long before = threads.getCurrentThreadCpuTime();
		sampleOften(200);
		long nanosASample = (threads.getCurrentThreadCpuTime() - before) / 200;

		assertThat(nanosASample).as("processor time of a sample of 20 servers, in nanoseconds")
			.isLessThan(TimeUnit.MILLISECONDS.toNanos(SocketHistory.INTERVAL_MILLIS) / 1000);
	}

	private void sampleOften(int times) {
		for (int i = 0; i < times; i++) {
			sample();
		}
	}

	private void sample() {
		this.clock.addAndGet(5000);
		this.history.sample();
	}

	private void alarm(SocketServer server, Alarm.Kind kind) {
		this.history.alarm(new SocketServerAlarmEvent(server, kind, "of this test", null));
	}

	private static FiguresDescriptor only(HistoryDescriptor history) {
		assertThat(history.servers()).hasSize(1);
		return history.servers().get(0);
	}

}
