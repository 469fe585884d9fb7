package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.event.EventPublisher;
import dev.socketserver.autoconfigure.lifecycle.SocketServersDrain;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketServerFailedEvent;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSessionClosedEvent;
import dev.socketserver.event.SocketSessionOpenedEvent;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.bean.Proxying;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class SocketServerApplicationTests {

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void servesEveryForm(boolean lazy) throws Exception {
		try (ConfigurableApplicationContext context = run(Forms.class, "--spring.main.lazy-initialization=" + lazy,
				"--socket.servers.upper.port=0", "--socket.servers.sink.port=0", "--socket.servers.sink.framing=line",
				"--socket.servers.talk.port=0", "--socket.servers.talk.args=hello,there",
				"--socket.servers.meter.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("Hello, Wörld!\r\nagain\n").end()).isEqualTo("HELLO, WÖRLD!\nAGAIN\n");
			}
			try (TestPeer peer = TestPeer.connect(context, "sink")) {
				assertThat(peer.send("taken\n").end()).isEmpty();
				assertThat(Forms.taken.poll(30, TimeUnit.SECONDS)).isEqualTo("taken");
			}
			try (TestPeer peer = TestPeer.connect(context, "talk")) {
				assertThat(peer.send("bytes").end()).isEqualTo("[hello, there] bytes");
			}
			try (TestPeer peer = TestPeer.connect(context, "meter")) {
				assertThat(peer.send("12345").line()).isEqualTo("5");
				assertThat(peer.send("67").line()).isEqualTo("7");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void servesFromBehindProxies(boolean cglib) throws Exception {
		try (ConfigurableApplicationContext context = run(
				new Class<?>[] { Forms.class, cglib ? CglibProxies.class : JdkProxies.class },
				"--socket.servers.upper.port=0", "--socket.servers.upper.handler=made",
				"--socket.servers.meter.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT!\n");
			}
			try (TestPeer peer = TestPeer.connect(context, "meter")) {
				assertThat(peer.send("12345").line()).isEqualTo("5");
			}
		}
	}

	@Test
	void aPrototypeKeepsItsSessionsApart() throws Exception {
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.count.port=0");
				TestPeer one = TestPeer.connect(context, "count");
				TestPeer other = TestPeer.connect(context, "count")) {
			assertThat(one.send("a\nb\n").line()).isEqualTo("1 a");
			assertThat(one.line()).isEqualTo("2 b");
			assertThat(other.send("c\n").line()).isEqualTo("1 c");
		}
	}

	@Test
	void saysWhereItListens(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.transport=nio")) {
			assertThat(output).containsOnlyOnce("'upper' listens on 127.0.0.1:" + TestPeer.port(context, "upper")
					+ " (loopback only), nio, line framing, handler upper, execution ");
		}
	}

	@Test
	void explainsAPortInUseAndLeavesNothingListening(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = taken.getLocalPort();

			assertThatThrownBy(() -> run(Forms.class, "--socket.servers.a.port=" + Ports.free(),
					"--socket.servers.a.handler=upper", "--socket.servers.b.port=" + port,
					"--socket.servers.b.handler=upper"))
				.hasRootCauseInstanceOf(IOException.class);

			assertThat(output)
				.contains("APPLICATION FAILED TO START",
						"Server 'b' cannot listen on 127.0.0.1:" + port + ". Property socket.servers.b.port is '" + port
								+ "', and another socket already uses that port.")
				.contains("set socket.servers.b.port to another port, or to 0 for a free one.");
			List<Object> events = Recorder.last;
			assertThat(events).hasExactlyElementsOfTypes(SocketServerStartedEvent.class, SocketServerFailedEvent.class,
					SocketServerStoppedEvent.class);
			assertThat(events.get(1)).asString().startsWith("SocketServerFailedEvent[server=b, ");
			int bound = ((SocketServerStartedEvent) events.get(0)).address().getPort();
			assertThatThrownBy(() -> TestPeer.connect(bound)).isInstanceOf(ConnectException.class);
		}
	}

	/** Nobody listens there, so that no user must be advised to look for whoever does. */
	@Test
	void explainsAPortOfAnOutgoingConnection(CapturedOutput output) throws Exception {
		InetAddress loopback = InetAddress.getByName("127.0.0.1");
		try (ServerSocket other = new ServerSocket(0, 1, loopback);
				Socket outgoing = new Socket(loopback, other.getLocalPort())) {
			int port = outgoing.getLocalPort();

			assertThatThrownBy(() -> run(Forms.class, "--socket.servers.upper.port=" + port));

			assertThat(output).contains(
					"socket.servers.upper.port is '" + port + "', and another socket already uses that port.",
					"Find and stop the program that uses port " + port);
		}
	}

	@Test
	void explainsAnAddressOfAnotherMachine(CapturedOutput output) {
		assertThatThrownBy(
				() -> run(Forms.class, "--socket.servers.upper.port=0", "--socket.servers.upper.address=192.0.2.1"));
		assertThat(output).contains(
				"Property socket.servers.upper.address is '192.0.2.1', " + "which is not an address of this machine.");
	}

	@Test
	void explainsAnUnknownHost(CapturedOutput output) {
		assertThatThrownBy(() -> run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.address=nowhere.invalid"));
		assertThat(output).contains("Property socket.servers.upper.address is 'nowhere.invalid', "
				+ "a host name that cannot be resolved: nowhere.invalid");
	}

	@Test
	void explainsAWrongValue(CapturedOutput output) {
		assertThatThrownBy(() -> run(Forms.class, "--socket.servers.upper.port=70000"));
		assertThatThrownBy(() -> run(Forms.class, "--socket.servers.upper.prot=0"));
		assertThatThrownBy(
				() -> run(Forms.class, "--socket.servers.upper.port=0", "--socket.servers.upper.limits.sessions=many"));
		assertThat(output).contains("Property socket.servers.upper.port is '70000': it must be a number")
			.contains("Property socket.servers.upper.prot is '0': there is no such key, nearest: "
					+ "'socket.servers.upper.port'.")
			.contains("Property socket.servers.upper.limits.sessions is 'many': it must be a whole number.")
			.contains("Origin: \"socket.servers.upper.port\" from property source \"commandLineArgs\"");
	}

	@Test
	void startsAgainAfterAStop() throws Exception {
		int port = Ports.free();
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=" + port)) {
			SocketServer server = context.getBean(SocketServers.class).server("upper").orElseThrow();

			context.stop();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThatThrownBy(() -> TestPeer.connect(port)).isInstanceOf(ConnectException.class);

			context.start();
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
		}
	}

	@Test
	void serversDrainSideBySideAndRepliesStillLeave() throws Exception {
		ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.one.port=0",
				"--socket.servers.one.handler=slow", "--socket.servers.two.port=0",
				"--socket.servers.two.handler=slow");
		try (TestPeer one = TestPeer.connect(context, "one"); TestPeer two = TestPeer.connect(context, "two")) {
			Slow slow = context.getBean(Slow.class);
			one.send("a\n");
			two.send("b\n");
			assertThat(slow.called.await(30, TimeUnit.SECONDS)).isTrue();

			CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
			SocketServers servers = context.getBean(SocketServers.class);
			await().untilAsserted(
					() -> assertThat(servers).extracting(SocketServer::state).containsOnly(ServerState.DRAINING));
			assertThat(closed).isNotDone();
			assertThat(context.getBean(Recorder.class).events).contains(ReadinessState.REFUSING_TRAFFIC);
			slow.go.countDown();

			assertThat(one.line()).isEqualTo("slow a");
			assertThat(two.line()).isEqualTo("slow b");
			closed.get(30, TimeUnit.SECONDS);
			assertThat(servers).extracting(SocketServer::state).containsOnly(ServerState.STOPPED);
		}
		finally {
			context.close();
		}
	}

	@Test
	void readinessTurnsBeforeAnythingStops() {
		ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0");
		Recorder recorder = context.getBean(Recorder.class);
		AtomicBoolean refused = new AtomicBoolean();
		context.getBeanFactory().registerSingleton("first", new SmartLifecycle() {

			@Override
			public void start() {
			}

			@Override
			public void stop() {
				refused.set(recorder.events.contains(ReadinessState.REFUSING_TRAFFIC));
			}

			@Override
			public boolean isRunning() {
				return true;
			}

		});

		context.close();

		assertThat(refused).isTrue();
		assertThat(recorder.events).containsOnlyOnce(ReadinessState.REFUSING_TRAFFIC);
	}

	@Test
	void readinessRefusesWhileTheLastServerDrainsAndAcceptsAfterItsNextStart() throws Exception {
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0")) {
			List<Object> states = new CopyOnWriteArrayList<>();
			context.addApplicationListener((ApplicationEvent event) -> {
				if (event instanceof AvailabilityChangeEvent<?> changed) {
					states.add(changed.getState());
				}
			});
			SocketServers servers = context.getBean(SocketServers.class);
			for (SocketServer server : servers) {
				assertThat(states).isEmpty();
				if (server.state() == ServerState.RUNNING) {
					server.drain(Duration.ZERO).get(30, TimeUnit.SECONDS);
				}
			}
			assertThat(states).containsExactly(ReadinessState.REFUSING_TRAFFIC);

			servers.iterator().next().start();

			assertThat(states).containsExactly(ReadinessState.REFUSING_TRAFFIC, ReadinessState.ACCEPTING_TRAFFIC);
		}
	}

	@Test
	void theEndOfTheApplicationEndsSessionsAsThePlanOfTheirServerSays() throws Exception {
		ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.drain.over=60s", "--socket.servers.upper.drain.order=oldest",
				"--socket.servers.upper.drain-timeout=2s");
		SocketServer server = context.getBean(SocketServers.class).server("upper").orElseThrow();
		TestPeer first = TestPeer.connect(server.localAddress());
		first.ask("a");
		try (TestPeer second = TestPeer.connect(server.localAddress())) {
			second.ask("a");
			long begun = System.nanoTime();

			CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);

			assertThat(first.read()).isNull();
			first.close();
			assertThat(second.ask("b")).isEqualTo("B");
			assertThat(second.read()).isNull();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(800),
					Duration.ofMillis(2000));
			closing.get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void readinessTurnsOnceBesideAWebServer() {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Forms.class, Web.class)
			.web(WebApplicationType.SERVLET)
			.run("--server.port=0", "--socket.servers.upper.port=0");
		Recorder recorder = context.getBean(Recorder.class);

		context.close();

		assertThat(recorder.events).containsOnlyOnce(ReadinessState.REFUSING_TRAFFIC);
	}

	@Test
	void lifecyclesKeepTheWebServersHours() {
		try (ConfigurableApplicationContext context = run(Forms.class)) {
			SocketServersLifecycle startStop = context.getBean(SocketServersLifecycle.class);
			SocketServersDrain drain = context.getBean(SocketServersDrain.class);
			assertThat(startStop.getPhase()).isEqualTo(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
			assertThat(drain.getPhase()).isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
			assertThat(startStop.isPauseable()).isFalse();
			assertThat(drain.isPauseable()).isFalse();
			assertThat(startStop.isRunning()).isTrue();
			assertThat(drain.isRunning()).isTrue();
		}
	}

	@Test
	void publishesWhatHappens() throws Exception {
		Recorder recorder;
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0")) {
			recorder = context.getBean(Recorder.class);
			SocketServer server = context.getBean(SocketServers.class).server("upper").orElseThrow();
			assertThat(recorder.events.get(0)).isEqualTo(new SocketServerStartedEvent(server, server.localAddress()));
			assertThat(recorder.portAtStart).isEqualTo(String.valueOf(TestPeer.port(context, "upper")));
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				peer.send("text\n").end();
			}
			await().untilAsserted(() -> assertThat(recorder.events).satisfiesOnlyOnce((event) -> {
				assertThat(event).isInstanceOf(SocketSessionClosedEvent.class);
				SocketSessionClosedEvent closed = (SocketSessionClosedEvent) event;
				assertThat(closed.server()).isSameAs(server);
				assertThat(closed.session().id()).isEqualTo("upper-1");
				assertThat(closed.status().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			}));
			assertThat(recorder.events.get(1)).isInstanceOf(SocketSessionOpenedEvent.class);
			context.stop();
			assertThat(recorder.events).contains(new SocketServerStoppedEvent(server));
		}
	}

	@Test
	void sessionEventsAreNotMadeForNobody() throws Exception {
		try (ConfigurableApplicationContext context = run(new Class<?>[] { QuietForms.class },
				"--socket.servers.upper.port=0")) {
			EventPublisher publisher = new EventPublisher(context);
			SocketServer server = context.getBean(SocketServers.class).server("upper").orElseThrow();
			publisher.started(server);
			assertThat(publisher).hasFieldOrPropertyWithValue("publishesOpened", false)
				.hasFieldOrPropertyWithValue("publishesClosed", false);
		}
	}

	@Test
	void listenersThatComeLaterHearOfSessions() throws Exception {
		try (ConfigurableApplicationContext context = run(QuietForms.class, "--socket.servers.upper.port=0")) {
			List<String> received = new CopyOnWriteArrayList<>();
			context.addApplicationListener(ApplicationListener
				.forPayload((SocketSessionOpenedEvent event) -> received.add(event.session().id())));
			context.addApplicationListener(ApplicationListener
				.forPayload((SocketSessionClosedEvent event) -> received.add(event.status().reason().name())));

			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}

			await().untilAsserted(() -> assertThat(received).containsExactly("upper-1", "PEER_CLOSED"));
		}
	}

	@Test
	void aMulticasterOfTheApplicationHearsOfSessions() throws Exception {
		try (ConfigurableApplicationContext context = run(new Class<?>[] { QuietForms.class, Bus.class },
				"--socket.servers.upper.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
			List<Object> carried = context.getBean(Bus.class).carried;
			await().untilAsserted(() -> assertThat(carried).hasAtLeastOneElementOfType(SocketSessionOpenedEvent.class)
				.hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
		}
	}

	@Test
	void aChildContextLeavesTheServersToItsParent() throws Exception {
		try (ConfigurableApplicationContext child = new SpringApplicationBuilder(QuietForms.class)
			.web(WebApplicationType.NONE)
			.child(QuietForms.class)
			.web(WebApplicationType.NONE)
			.run("--socket.servers.upper.port=0")) {
			ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();
			assertThat(parent).isNotNull();
			try (parent; TestPeer peer = TestPeer.connect(parent, "upper")) {
				assertThat(child.getBean(SocketServers.class)).isSameAs(parent.getBean(SocketServers.class));
				assertThat(child.getBeansOfType(SocketServersLifecycle.class)).isEmpty();
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
		}
	}

	@Test
	void whatOnlyAChildContextIsToHaveIsWarnedAbout(CapturedOutput output) {
		try (ConfigurableApplicationContext parent = run(QuietForms.class, "--socket.servers.upper.port=0");
				ConfigurableApplicationContext child = new SpringApplicationBuilder(QuietForms.class)
					.web(WebApplicationType.NONE)
					.parent(parent)
					.run("--socket.servers.lower.port=0", "--socket.servers.off.port=0",
							"--socket.servers.off.enabled=false", "--socket.clients.it.port=1")) {
			assertThat(child.getBean(SocketServers.class)).extracting(SocketServer::name).containsExactly("upper");
		}
		assertThat(output)
			.containsOnlyOnce(
					"Property socket.servers.lower has no effect: this context shares the servers and clients "
							+ "of its parent, which has no server of that name. Set it for the parent")
			.containsOnlyOnce("Property socket.clients.it has no effect: this context shares the servers and clients "
					+ "of its parent, which has no client of that name. Set it for the parent")
			.doesNotContain("Property socket.servers.upper", "Property socket.servers.off");
	}

	/** What a child puts into its parent's environment, the next child inherits. */
	@Test
	void siblingsOfTheSameNamesKeepTheirPortsApart() {
		try (ConfigurableApplicationContext parent = run(Parent.class);
				ConfigurableApplicationContext one = childOf(parent);
				ConfigurableApplicationContext other = childOf(parent)) {
			int port = upper(other).localAddress().getPort();
			assertThat(TestPeer.port(one, "upper")).isEqualTo(upper(one).localAddress().getPort());
			assertThat(TestPeer.port(other, "upper")).isEqualTo(port).isEqualTo(TestPeer.port(parent, "upper"));

			upper(one).stop();
			upper(one).start();

			assertThat(TestPeer.port(one, "upper")).isEqualTo(upper(one).localAddress().getPort())
				.isEqualTo(TestPeer.port(parent, "upper"));
			assertThat(TestPeer.port(other, "upper")).isEqualTo(port);

			other.getBean(SocketServers.class).remove("upper");

			assertThat(TestPeer.port(parent, "upper")).isEqualTo(upper(one).localAddress().getPort());
		}
	}

	@Test
	void aClientWaitsForItsOwnServerWhereASiblingHasOneOfThatName() throws Exception {
		try (ConfigurableApplicationContext parent = run(Parent.class);
				ConfigurableApplicationContext one = childOf(parent);
				ConfigurableApplicationContext other = childOf(parent, "--socket.servers.upper.start.auto=false",
						"--socket.clients.meter.port=local.socket.upper.port",
						"--socket.clients.meter.reconnect.period=10ms")) {
			SocketClient meter = other.getBean(SocketClients.class).client("meter").orElseThrow();
			await().until(() -> meter.statistics().failed().containsKey(ConnectFailure.OTHER));
			assertThat(upper(one).statistics().accepted()).isZero();

			upper(other).start();

			assertThat(meter.ask("x", Duration.ofSeconds(30)).get()).isEqualTo("X");
			assertThat(upper(one).statistics().accepted()).isZero();
		}
	}

	private static ConfigurableApplicationContext childOf(ConfigurableApplicationContext parent, String... more) {
		return new SpringApplicationBuilder(QuietForms.class).web(WebApplicationType.NONE)
			.parent(parent)
			.run(Stream.concat(Stream.of("--socket.servers.upper.port=0"), Stream.of(more)).toArray(String[]::new));
	}

	private static SocketServer upper(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).server("upper").orElseThrow();
	}

	@Test
	void theEndOfAOneShotMayBeThatOfTheApplication() throws Exception {
		ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.one-shot=true", "--spring.lifecycle.timeout-per-shutdown-phase=90s");
		context.addApplicationListener(
				ApplicationListener.forPayload((SocketServerStoppedEvent stopped) -> context.close()));
		try (TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("text")).isEqualTo("TEXT");
		}
		await().until(() -> !context.isActive());
	}

	@Test
	void thePortOfAServerThatWasRemovedIsForgotten() {
		String port = "local.socket.upper.port";
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0")) {
			assertThat(context.getEnvironment().getProperty(port, Integer.class)).isPositive();
			context.getBean(SocketServers.class).remove("upper");
			await().untilAsserted(() -> assertThat(context.getEnvironment().getProperty(port)).isNull());
		}
	}

	@Test
	void theEndOfAServerLeavesThePortOfItsSuccessor() throws Exception {
		try (ConfigurableApplicationContext context = run(new Class<?>[] { Forms.class, Succeeded.class },
				"--socket.servers.heir.port=0"); TestPeer peer = TestPeer.connect(context, "heir")) {
			String port = peer.ask("die");

			assertThat(Succeeded.removed.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(context.getEnvironment().getProperty("local.socket.heir.port")).isEqualTo(port);
		}
	}

	@Test
	void theEndOfASessionThatOutlivesItsServerIsNotified() throws Exception {
		try (ConfigurableApplicationContext context = run(new Class<?>[] { Forms.class, Outliving.class },
				"--socket.servers.outliving.port=0", "--socket.servers.outliving.shutdown=immediate");
				TestPeer peer = TestPeer.connect(context, "outliving")) {
			peer.send("stay\n");
			assertThat(Outliving.called.await(20, TimeUnit.SECONDS)).isTrue();
			SocketServers servers = context.getBean(SocketServers.class);
			Reference<SocketServer> server = new WeakReference<>(servers.server("outliving").orElseThrow());
			servers.remove("outliving");
			assertThat(Outliving.removed.await(20, TimeUnit.SECONDS)).isTrue();
			List<Object> events = context.getBean(Recorder.class).events;
			assertThat(events).hasAtLeastOneElementOfType(SocketSessionOpenedEvent.class)
				.doesNotHaveAnyElementsOfTypes(SocketSessionClosedEvent.class);

			Outliving.go.release();

			await().untilAsserted(() -> assertThat(events).hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
			events.clear();
			await("it is forgotten").until(() -> {
				System.gc();
				return server.refersTo(null);
			});
		}
		finally {
			Outliving.go.release();
		}
	}

	/** The session is no longer the server's when its end is reported. */
	@Test
	void theEndOfASessionIsNotifiedAlsoWhereTheRemovalOfItsServerWasNotified() throws Exception {
		try (ConfigurableApplicationContext context = run(Forms.class, "--socket.servers.upper.port=0");
				TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("text")).isEqualTo("TEXT");
			SocketServer server = context.getBean(SocketServers.class).server("upper").orElseThrow();
			SocketSession session = server.sessions().findFirst().orElseThrow();
			EventPublisher publisher = new EventPublisher(context);
			publisher.started(server);
			assertThat(peer.end()).isEmpty();
			Recorder recorder = context.getBean(Recorder.class);
			await().untilAsserted(
					() -> assertThat(recorder.events).hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
			recorder.events.clear();

			publisher.removed(server);
			publisher.closed(session, CloseStatus.of(CloseReason.PEER_CLOSED));

			assertThat(recorder.events).singleElement().isInstanceOf(SocketSessionClosedEvent.class);
		}
	}

	@Test
	void listenerBeansMayUseTheServers() throws Exception {
		try (ConfigurableApplicationContext context = run(new Class<?>[] { Forms.class, Greeting.class },
				"--socket.servers.upper.port=0"); TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.line()).isEqualTo("upper-1 is here");
		}
	}

	@Test
	void noServerOutlivesItsApplicationWhoeverStartsItAgain() {
		int port = Ports.free();
		run(new Class<?>[] { Forms.class, Stubborn.class }, "--socket.servers.upper.port=" + port).close();

		assertThatThrownBy(() -> TestPeer.connect(port)).isInstanceOf(ConnectException.class);
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, String... args) {
		return run(new Class<?>[] { configuration }, args);
	}

	private static ConfigurableApplicationContext run(Class<?>[] configuration, String... args) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE).run(args);
	}

	/** It is notified last: those of the application come after the starter's own. */
	private static SocketServerListener countsDownWhenRemoved(CountDownLatch latch) {
		return new SocketServerListener() {

			@Override
			public void removed(SocketServer server) {
				latch.countDown();
			}

		};
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@Import({ Meter.class, Recorder.class })
	static class Forms {

		static final BlockingQueue<String> taken = new LinkedBlockingQueue<>();

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler("sink")
		Consumer<byte[]> sink() {
			return (bytes) -> taken.add(new String(bytes, StandardCharsets.UTF_8));
		}

		@Bean
		@SocketHandler("talk")
		StreamHandler talk() {
			return (in, out, session) -> {
				out.write((session.args() + " ").getBytes(StandardCharsets.UTF_8));
				in.transferTo(out);
			};
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@SocketHandler("count")
		Counting count() {
			return new Counting();
		}

		@Bean
		Shouting made() {
			return new Shouting();
		}

		@Bean
		Slow slow() {
			return new Slow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class QuietForms {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

	@SocketHandler("meter")
	static class Meter implements ConnectionHandler<Long> {

		@Override
		public Long opened(SocketSession session) {
			return 0L;
		}

		@Override
		public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			long total = ((state != null) ? state : 0) + data.remaining();
			data.position(data.limit());
			session.send(total + "\n");
			return total;
		}

	}

	static class Counting implements UnaryOperator<String> {

		private int calls;

		@Override
		public String apply(String text) {
			return ++this.calls + " " + text;
		}

	}

	static class Shouting implements Function<String, String> {

		@Override
		public String apply(String text) {
			return text.toUpperCase() + "!";
		}

	}

	static class Slow implements UnaryOperator<String> {

		final CountDownLatch called = new CountDownLatch(2);

		final CountDownLatch go = new CountDownLatch(1);

		@Override
		public String apply(String text) {
			this.called.countDown();
			try {
				assertThat(this.go.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return "slow " + text;
		}

	}

	static class Greeting implements SocketServerListener {

		private final SocketServers servers;

		Greeting(SocketServers servers) {
			this.servers = servers;
		}

		@Override
		public void opened(SocketSession session) {
			this.servers.server(session.server()).orElseThrow().broadcast(session.id() + " is here");
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			throw new IllegalStateException("harms nobody");
		}

	}

	static class Recorder {

		static List<Object> last = List.of();

		final List<Object> events = new CopyOnWriteArrayList<>();

		private final Environment environment;

		@Nullable String portAtStart;

		Recorder(Environment environment) {
			this.environment = environment;
			last = this.events;
		}

		@EventListener
		void started(SocketServerStartedEvent event) {
			this.portAtStart = this.environment.getProperty("local.socket." + event.server().name() + ".port");
			this.events.add(event);
		}

		@EventListener({ SocketServerStoppedEvent.class, SocketServerFailedEvent.class, SocketSessionOpenedEvent.class,
				SocketSessionClosedEvent.class })
		void happened(Object event) {
			this.events.add(event);
		}

		@EventListener
		void readiness(AvailabilityChangeEvent<ReadinessState> event) {
			if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
				this.events.add(event.getState());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Parent {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ApplicationAvailabilityAutoConfiguration.class,
			TomcatServletWebServerAutoConfiguration.class })
	static class Web {

	}

	@Component(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)
	static class Bus extends SimpleApplicationEventMulticaster {

		final List<Object> carried = new CopyOnWriteArrayList<>();

		@Override
		public void multicastEvent(ApplicationEvent event, @Nullable ResolvableType type) {
			if (event instanceof PayloadApplicationEvent<?> wrapped) {
				this.carried.add(wrapped.getPayload());
			}
			super.multicastEvent(event, type);
		}

	}

	/** Does not return before it may, whatever anybody does. */
	@Configuration(proxyBeanMethods = false)
	static class Outliving {

		static final CountDownLatch called = new CountDownLatch(1);

		static final CountDownLatch removed = new CountDownLatch(1);

		static final Semaphore go = new Semaphore(0);

		@Bean
		@SocketHandler("outliving")
		UnaryOperator<String> outliving() {
			return (line) -> {
				called.countDown();
				go.acquireUninterruptibly();
				return line;
			};
		}

		@Bean
		SocketServerListener removals() {
			return countsDownWhenRemoved(removed);
		}

	}

	/** Puts another server in the place of its own, whose end is reported after that. */
	@Configuration(proxyBeanMethods = false)
	static class Succeeded {

		static final CountDownLatch removed = new CountDownLatch(1);

		@Bean
		@SocketHandler("heir")
		UnaryOperator<String> heir(SocketServers servers) {
			return (line) -> {
				ServerSpec spec = servers.server("heir").orElseThrow().spec();
				servers.remove("heir");
				SocketServer next = servers.register(spec);
				next.start();
				return String.valueOf(Objects.requireNonNull(next.localAddress()).getPort());
			};
		}

		@Bean
		SocketServerListener removals() {
			return countsDownWhenRemoved(removed);
		}

	}

	/** Keeps its servers up. */
	static class Stubborn {

		@EventListener
		void stopped(SocketServerStoppedEvent event) {
			event.server().start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkProxies {

		@Bean
		static Proxying proxying() {
			return new Proxying(false, Shouting.class, Meter.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CglibProxies {

		@Bean
		static Proxying proxying() {
			return new Proxying(true, Shouting.class, Meter.class);
		}

	}

}
