package dev.socketserver.autoconfigure;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.FormsApplication.Forms;
import dev.socketserver.autoconfigure.FormsApplication.Recorder;
import dev.socketserver.autoconfigure.FormsApplication.Slow;
import dev.socketserver.autoconfigure.lifecycle.SocketServersDrain;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

import static dev.socketserver.fixtures.Patience.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How servers end with their application, and what others learn of it. */
@Tag("virtual-threads")
class ApplicationEndTests {

	@Test
	void serversDrainSideBySideAndRepliesStillLeave() throws Exception {
		ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.one.port=0",
				"--socket.servers.one.handler=slow", "--socket.servers.two.port=0",
				"--socket.servers.two.handler=slow");
		try (TestPeer one = TestPeer.connect(context, "one"); TestPeer two = TestPeer.connect(context, "two")) {
			Slow slow = context.getBean(Slow.class);
			one.send("a\n");
			two.send("b\n");
			Patience.await(slow.called);

			CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
			SocketServers servers = context.getBean(SocketServers.class);
			await().untilAsserted(
					() -> assertThat(servers).extracting(SocketServer::state).containsOnly(ServerState.DRAINING));
			assertThat(closed).isNotDone();
			assertThat(context.getBean(Recorder.class).events).contains(ReadinessState.REFUSING_TRAFFIC);
			slow.go.countDown();

			assertThat(one.line()).isEqualTo("slow a");
			assertThat(two.line()).isEqualTo("slow b");
			Patience.await(closed);
			assertThat(servers).extracting(SocketServer::state).containsOnly(ServerState.STOPPED);
		}
		finally {
			context.close();
		}
	}

	@Test
	void readinessTurnsBeforeAnythingStops() {
		ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0");
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
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.upper.port=0")) {
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
					Patience.await(server.drain(Duration.ZERO));
				}
			}
			assertThat(states).containsExactly(ReadinessState.REFUSING_TRAFFIC);

			servers.iterator().next().start();

			assertThat(states).containsExactly(ReadinessState.REFUSING_TRAFFIC, ReadinessState.ACCEPTING_TRAFFIC);
		}
	}

	@Test
	void readinessAcceptsWhereAServerStartsBecauseTheLastDrains() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(
				new Class<?>[] { Forms.class, Available.class }, "--socket.servers.one.handler=upper",
				"--socket.servers.two.handler=upper", "--socket.servers.one.port=0", "--socket.servers.two.port=0",
				"--socket.servers.two.start.auto=false")) {
			SocketServers servers = context.getBean(SocketServers.class);
			context.addApplicationListener(new StartsWhenRefused(servers.get("two")));
			ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);

			Patience.await(servers.get("one").drain(Duration.ZERO));

			assertThat(servers.get("two").state()).isEqualTo(ServerState.RUNNING);
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
			Patience.await(servers.get("two").drain(Duration.ZERO));
			assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
		}
	}

	@Test
	void theEndOfTheApplicationEndsSessionsAsThePlanOfTheirServerSays() throws Exception {
		// The second has its turn after 5.4 s, and is to be asked before.
		Patience.undisturbed(Duration.ofSeconds(4), ApplicationEndTests::endsSessionsInTurn);
	}

	private static void endsSessionsInTurn() throws Exception {
		ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.drain.over=60s", "--socket.servers.upper.drain.order=oldest",
				"--socket.servers.upper.drain-timeout=12s");
		SocketServer server = context.getBean(SocketServers.class).get("upper");
		TestPeer first = TestPeer.connect(server.localAddress());
		first.ask("a");
		try (TestPeer second = TestPeer.connect(server.localAddress())) {
			second.ask("a");
			long begun = System.nanoTime();

			CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);

			assertThat(timed(() -> {
				assertThat(first.read()).isNull();
				first.close();
				assertThat(second.ask("b")).isEqualTo("B");
				assertThat(second.read()).isNull();
				return null;
			})).isLessThan(Duration.ofSeconds(12));
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(4800));
			Patience.await(closing);
		}
		finally {
			context.close();
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
	void aNodeThatNobodyHasAskedForIsNotMadeAtTheEnd() {
		ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0");
		AtomicBoolean made = new AtomicBoolean();
		ApplicationListener<ApplicationEvent> listener = (event) -> made.compareAndSet(false,
				context.getBeanFactory().containsSingleton("socketCluster"));
		context.addApplicationListener(listener);
		assertThat(context.getBeanFactory().containsBeanDefinition("socketCluster")).isTrue();

		context.close();

		assertThat(made).isFalse();
	}

	/** As between two classes of tests, with another context. */
	@Test
	void aPauseOfTheContextLeavesServersAndSessionsAlone() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.handler=upper"); TestPeer peer = TestPeer.connect(context, "upper")) {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			assertThat(peer.ask("before")).isEqualTo("BEFORE");
			InetSocketAddress address = server.localAddress();

			context.pause();

			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(peer.ask("meanwhile")).isEqualTo("MEANWHILE");
			context.restart();
			assertThat(peer.ask("after")).isEqualTo("AFTER");
			assertThat(server.localAddress()).isEqualTo(address);
		}
	}

	@Test
	void lifecyclesKeepTheWebServersHours() {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class)) {
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

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ApplicationAvailabilityAutoConfiguration.class,
			TomcatServletWebServerAutoConfiguration.class })
	static class Web {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ApplicationAvailabilityAutoConfiguration.class)
	static class Available {

	}

	/** Is notified before whoever keeps what the readiness is, and once. */
	private static final class StartsWhenRefused
			implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>>, Ordered {

		private final AtomicBoolean started = new AtomicBoolean();

		private final SocketServer server;

		StartsWhenRefused(SocketServer server) {
			this.server = server;
		}

		@Override
		public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
			if (event.getState() == ReadinessState.REFUSING_TRAFFIC && this.started.compareAndSet(false, true)) {
				this.server.start();
			}
		}

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE;
		}

	}

}
