package dev.socketserver.autoconfigure.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.address.AddressBan;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a server keeps that a change has stopped and started.
 */
class RestartedServersTests {

	private static final String UPPER = "socket.servers.upper.";

	private static final String EXTRA = UPPER + "listeners.extra.";

	private static final String RETRY = UPPER + "start.on-failure=retry";

	private static final String DATAGRAMS = UPPER + "listeners.datagrams.";

	@RegisterExtension
	private final LogLines lines = new LogLines("dev.socketserver.netty.listen.KeptPort");

	private static String[] file(String... pairs) {
		List<String> all = new ArrayList<>(List.of(UPPER + "port=0", EXTRA + "port=0", EXTRA + "framing=line",
				DATAGRAMS + "port=0", DATAGRAMS + "protocol=udp"));
		all.addAll(List.of(pairs));
		return all.toArray(String[]::new);
	}

	private static void restart(ConfigurableApplicationContext context, String... file) {
		assertThat(ChangingApplication.change(context, Verdict.RESTART, file).left()).isEmpty();
	}

	private static SocketServer server(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	private static Map<String, @Nullable Integer> ports(ConfigurableApplicationContext context) {
		Map<String, @Nullable Integer> ports = new TreeMap<>();
		server(context).listeners().forEach((each) -> ports.put(each.name(), each.port()));
		return ports;
	}

	private static ListenerState state(ConfigurableApplicationContext context, String listener) {
		return server(context).listeners()
			.stream()
			.filter((each) -> each.name().equals(listener))
			.map(ListenerStatus::state)
			.findFirst()
			.orElseThrow();
	}

	@Test
	void portsThatWereDrawn() throws Exception {
		Ports.untaken(this.lines, () -> ChangingApplication.with(file()).run((context) -> {
			Map<String, @Nullable Integer> drawn = ports(context);
			restart(context, file(UPPER + "execution.threads=9"));
			assertThat(ports(context)).isEqualTo(drawn);
			restart(context, file(UPPER + "backlog=9", UPPER + "ip-family=ipv4", UPPER + "transport=nio"));
			assertThat(ports(context)).isEqualTo(drawn);
			restart(context, UPPER + "port=0");
			assertThat(server(context).port()).isEqualTo(drawn.get("main"));
			restart(context, file());
			assertThat(ports(context)).isEqualTo(drawn);
		}));
	}

	@ParameterizedTest
	@ValueSource(strings = { EXTRA, DATAGRAMS })
	void portsThatWereDrawnIfTheChangeIsTakenBack(String other) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Ports.untaken(this.lines, () -> ChangingApplication.with(file()).run((context) -> {
				Map<String, @Nullable Integer> drawn = ports(context);
				List<String> file = new ArrayList<>(List.of(file(UPPER + "port=" + Ports.free())));
				file.removeIf((pair) -> pair.startsWith(other));
				file.add(UPPER + "listeners.last.port=" + taken.getLocalPort());
				Environments.set(context, file.toArray(String[]::new));
				assertThatExceptionOfType(SettingsConflictException.class)
					.isThrownBy(() -> ChangingApplication.apply(context, Verdict.RESTART));
				assertThat(ports(context)).isEqualTo(drawn);
			}));
		}
	}

	@Test
	void whomItBansAndWhomItHasBanned() {
		ChangingApplication.with(UPPER + "port=0", UPPER + "ban.offences=3").run((context) -> {
			InetAddress address = InetAddress.getByName("192.0.2.7");
			AddressBans bans = ServerOperations.of(server(context)).bans();
			bans.ban(address, null);
			restart(context, UPPER + "port=0", UPPER + "ban.offences=3", UPPER + "backlog=9");
			assertThat(ServerOperations.of(server(context)).bans().list()).extracting(AddressBan::address)
				.containsExactly("192.0.2.7");
			assertThat(bans.remove(address)).isTrue();
			assertThat(ServerOperations.of(server(context)).bans().count()).isZero();
		});
	}

	@Test
	void itsCountersAndWhoHasIt() {
		List<String> events = new CopyOnWriteArrayList<>();
		ChangingApplication.with(UPPER + "port=0")
			.withBean(SocketServerListener.class, () -> new SocketServerListener() {
				@Override
				public void registered(SocketServer server) {
					events.add("registered");
				}

				@Override
				public void started(SocketServer server) {
					events.add("started");
				}

				@Override
				public void stopped(SocketServer server) {
					events.add("stopped");
				}

				@Override
				public void removed(SocketServer server) {
					events.add("removed");
				}
			})
			.run((context) -> {
				SocketServer server = server(context);
				ask(context);
				restart(context, UPPER + "port=0", UPPER + "backlog=9");
				assertThat(server.state()).isEqualTo(ServerState.RUNNING);
				assertThat(server.spec().backlog()).isEqualTo(9);
				ask(context);
				assertThat(server.statistics().accepted()).isEqualTo(2);
				assertThat(server(context)).isSameAs(server);
				assertThat(server.listeners().get(0).accepted()).isEqualTo(2);
				server.stop();
				server.start();
				assertThat(events).containsExactly("registered", "started", "stopped", "started", "stopped", "started");
			});
	}

	private static void ask(ConfigurableApplicationContext context) throws IOException {
		try (TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("a")).isEqualTo("A");
		}
	}

	@Test
	void metersOfTheListenersThatItHas() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		ChangingApplication.with(UPPER + "port=0").withBean(SocketServerMetrics.class).run((context) -> {
			context.getBean(SocketServerMetrics.class).bindTo(registry);
			assertThat(metered(registry)).isEmpty();
			restart(context, file());
			assertThat(metered(registry)).containsExactlyInAnyOrder("main", "extra", "datagrams");
			ask(context);
			Meter main = registry.get("socket.server.listener.accepted").tag("listener", "main").meter();
			restart(context, UPPER + "port=0", EXTRA + "port=0");
			assertThat(metered(registry)).containsExactlyInAnyOrder("main", "extra");
			FunctionCounter accepted = registry.get("socket.server.listener.accepted")
				.tag("listener", "main")
				.functionCounter();
			assertThat(accepted.count()).isEqualTo(1);
			assertThat(accepted).as("so that no registry shows what it has counted again").isSameAs(main);
			restart(context, UPPER + "port=0");
			assertThat(metered(registry)).isEmpty();
		});
	}

	private static List<@Nullable String> metered(SimpleMeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().equals("socket.server.listener.sessions"))
			.map((id) -> id.getTag("listener"))
			.toList();
	}

	@Test
	void placesInTheEnvironment() {
		ChangingApplication.with(file()).run((context) -> {
			String extra = "local.socket.upper/extra.port";
			assertThat(context.getEnvironment().containsProperty(extra)).isTrue();
			restart(context, UPPER + "port=0");
			assertThat(context.getEnvironment().containsProperty(extra)).isFalse();
			assertThat(context.getEnvironment().getProperty("local.socket.upper.port", int.class))
				.isEqualTo(server(context).port());
		});
	}

	@Test
	void onePausedListener() {
		ChangingApplication.with(file()).run((context) -> {
			server(context).pause("extra");
			restart(context, file(UPPER + "backlog=9"));
			assertThat(state(context, "extra")).isEqualTo(ListenerState.PAUSED);
			assertThat(state(context, "main")).isEqualTo(ListenerState.LISTENING);
			assertThat(server(context).state()).isEqualTo(ServerState.RUNNING);
			restart(context, UPPER + "port=0", EXTRA + "port=0");
			assertThat(state(context, "extra")).isEqualTo(ListenerState.PAUSED);
			assertThat(server(context).resume("extra")).isTrue();
		});
	}

	/** Whoever connects while listeners are notified of the start would be accepted. */
	@Test
	void aPauseWithoutAMoment() {
		List<ServerState> states = new CopyOnWriteArrayList<>();
		AtomicReference<@Nullable TestPeer> early = new AtomicReference<>();
		ChangingApplication.with(UPPER + "port=0")
			.withBean(SocketServerListener.class, () -> new SocketServerListener() {
				@Override
				public void started(SocketServer server) {
					if (!states.isEmpty()) {
						early.set(connect(server));
					}
					states.add(server.state());
				}
			})
			.run((context) -> {
				server(context).pause();
				restart(context, UPPER + "port=0", EXTRA + "port=0");
				assertThat(states).containsExactly(ServerState.RUNNING, ServerState.PAUSED);
				assertThat(server(context).state()).isEqualTo(ServerState.PAUSED);
				assertThat(server(context).statistics().accepted()).isZero();
				server(context).resume();
				try (TestPeer peer = early.get()) {
					assertThat(peer).isNotNull();
					assertThat(peer.ask("a")).isEqualTo("A");
				}
			});
	}

	private static TestPeer connect(SocketServer server) {
		try {
			return TestPeer.connect(server.port());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aPauseIfItIsTriedAgain() throws Exception {
		int port = Ports.free();
		pausedAndFailed(port, (context, own) -> {
			own.close();
			assertPaused(context, port);
		});
	}

	@Test
	void aPauseIfItIsChangedBeforeItIsTriedAgain() throws Exception {
		int port = Ports.free();
		int other = Ports.free();
		pausedAndFailed(port, (context, own) -> {
			Environments.set(context, UPPER + "port=" + other, RETRY, EXTRA + "port=0");
			applyOnceItDoesNotStart(context);
			assertPaused(context, other);
			assertThat(state(context, "extra")).isEqualTo(ListenerState.PAUSED);
		});
	}

	/**
	 * The change that is taken back has its pause from a start, and not from listeners.
	 */
	@Test
	void aPauseIfAnotherChangeIsTakenBackBeforeItIsTriedAgain() throws Exception {
		int port = Ports.free();
		pausedAndFailed(port, (context, own) -> {
			Environments.set(context, UPPER + "port=" + port, RETRY, UPPER + "backlog=9");
			Patience.within(() -> assertThatExceptionOfType(SettingsConflictException.class)
				.isThrownBy(() -> ChangingApplication.apply(context, Verdict.RESTART))
				.withMessageContaining("Everything is as it was"));
			own.close();
			assertPaused(context, port);
		});
	}

	@Test
	void noPauseOfAStartThatIsOver() throws Exception {
		int port = Ports.free();
		pausedAndFailed(port, (context, own) -> {
			own.close();
			assertPaused(context, port);
			Patience.within(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("upper server start"));
			server(context).resume();
			server(context).stop();
			try (ServerSocket taken = take(port)) {
				assertThatExceptionOfType(ServerStartException.class).isThrownBy(() -> server(context).start());
				assertThat(taken.isBound()).isTrue();
				restart(context, UPPER + "port=" + Ports.free(), RETRY);
			}
			assertThat(server(context).state()).isEqualTo(ServerState.RUNNING);
		});
	}

	private static void assertPaused(ConfigurableApplicationContext context, int port) {
		Patience.within(() -> assertThat(server(context).state()).isEqualTo(ServerState.PAUSED));
		assertThat(server(context).port()).isEqualTo(port);
	}

	/** A change is refused while an attempt is under way. */
	private static void applyOnceItDoesNotStart(ConfigurableApplicationContext context) {
		Patience.within(() -> assertThat(ChangingApplication.apply(context, Verdict.RESTART).left()).isEmpty());
	}

	/**
	 * Runs a test of a paused server that could not be changed, nor be started again as
	 * it was, which is tried again and again.
	 * @param port where it was
	 * @param test is passed what has taken that port
	 */
	private static void pausedAndFailed(int port, TestOfFailed test) throws Exception {
		AtomicReference<@Nullable ServerSocket> own = new AtomicReference<>();
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ChangingApplication.with(UPPER + "port=" + port, RETRY)
				.withBean(SocketServerListener.class, () -> new SocketServerListener() {
					@Override
					public void stopped(SocketServer server) {
						if (own.get() == null) {
							own.set(take(port));
						}
					}
				})
				.run((context) -> {
					server(context).pause();
					Environments.set(context, UPPER + "port=" + other.getLocalPort(), RETRY);
					assertThatExceptionOfType(SettingsConflictException.class)
						.isThrownBy(() -> ChangingApplication.apply(context, Verdict.RESTART));
					try (ServerSocket taken = own.get()) {
						assertThat(taken).isNotNull();
						// The next attempt may have begun.
						assertThat(server(context).state()).isIn(ServerState.FAILED, ServerState.STARTING);
						test.run(context, taken);
					}
				});
		}
	}

	/** Takes a port, which the system may still be giving back. */
	private static ServerSocket take(int port) {
		return await().atMost(Patience.limit())
			.ignoreException(BindException.class)
			.until(() -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()), Objects::nonNull);
	}

	private interface TestOfFailed {

		void run(ConfigurableApplicationContext context, ServerSocket taken) throws Exception;

	}

}
