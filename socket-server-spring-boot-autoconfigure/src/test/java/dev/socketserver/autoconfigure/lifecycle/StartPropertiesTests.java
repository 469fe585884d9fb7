package dev.socketserver.autoconfigure.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.health.SocketServersHealthContributor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.health.SocketServersHealthContributorAutoConfiguration;
import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.util.ClassUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/**
 * Whether, when and on which thread a server starts, and what follows if it cannot.
 */
@Tag("long")
@ExtendWith(OutputCaptureExtension.class)
class StartPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class,
				SocketServersHealthContributorAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class);

	private final ApplicationContextRunner upper = this.runner.withPropertyValues("socket.servers.upper.port=0");

	@Test
	void aServerThatDoesNotStartByItselfIsThereToBeStarted() {
		this.upper.withPropertyValues("socket.servers.upper.start.auto=false").run((context) -> {
			assertThat(server(context).state()).isEqualTo(ServerState.STOPPED);
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
			server(context).start();
			assertThat(server(context).state()).isEqualTo(ServerState.RUNNING);
		});
	}

	@Test
	void aServerMayBindInTheBackground() {
		this.upper.withPropertyValues("socket.servers.upper.start.wait=false")
			.run((context) -> await().until(() -> server(context).state() == ServerState.RUNNING));
	}

	/** A context that is stopped, not closed, may start again. */
	@Test
	void aServerThatBindsInTheBackgroundDoesNotOutliveTheStopOfItsContext() {
		this.upper.withPropertyValues("socket.servers.upper.start.wait=false").run((context) -> {
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			for (int round = 0; round < 50; round++) {
				application.stop();
				awaitNoStart();
				await().until(() -> server(context).state() == ServerState.STOPPED);
				application.start();
			}
			await().until(() -> server(context).state() == ServerState.RUNNING);
		});
	}

	@Test
	void aStartThatComesAfterTheStopOfItsContextIsUndone() {
		stopBeforeALateStart((context, late) -> {
			late.go.countDown();
			awaitNoStart();
			await().until(() -> server(context).state() == ServerState.STOPPED);
		});
	}

	@Test
	void aStartThatComesAfterTheNextStartOfItsContextHarmsNothing() {
		stopBeforeALateStart((context, late) -> {
			context.getSourceApplicationContext().start();
			await().until(() -> server(context).state() == ServerState.RUNNING);
			late.go.countDown();
			awaitNoStart();
			assertThat(server(context).state()).isEqualTo(ServerState.RUNNING);
		});
	}

	/** The context has been stopped, and the start of its server is still to come. */
	private void stopBeforeALateStart(BiConsumer<AssertableApplicationContext, LateStart> behind) {
		this.upper.withPropertyValues("socket.servers.upper.start.wait=false")
			.withUserConfiguration(LateStart.class)
			.run((context) -> {
				LateStart late = context.getBean(LateStart.class);
				late.begun.await();
				context.getSourceApplicationContext().stop();
				behind.accept(context, late);
			});
	}

	private static void awaitNoStart() {
		await().pollDelay(Duration.ZERO)
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("upper server start")));
	}

	@Test
	void anApplicationMayDoWithoutAServerThatCannotListen(CapturedOutput output) throws IOException {
		try (ServerSocket taken = taken()) {
			upperOn(taken, "start.on-failure=warn").run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(server(context).state()).isEqualTo(ServerState.FAILED);
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				assertThat(health(context).getDetails()).doesNotContainKey("nextAttempt");
			});
		}
		assertThat(output).contains("Property socket.servers.upper.port is",
				"The application carries on without the server.");
	}

	@Test
	void aServerThatCannotListenIsTriedAgain(CapturedOutput output) throws IOException {
		try (ServerSocket taken = taken()) {
			upperOn(taken, "start.on-failure=retry").run((context) -> {
				// Not while it is tried just then.
				await().untilAsserted(() -> {
					assertThat(server(context).state()).isEqualTo(ServerState.FAILED);
					assertThat(health(context).getDetails()).containsKey("nextAttempt");
				});
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				await().atMost(Patience.limit()).until(() -> delays(output).size() > 1);
				assertThat(delays(output).get(0)).isBetween(800L, 1_200L);
				assertThat(delays(output).get(1)).isBetween(1_600L, 2_400L);
				free(taken);
				await().atMost(Patience.limit()).until(() -> server(context).state() == ServerState.RUNNING);
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(health(context).getDetails()).doesNotContainKeys("failure", "nextAttempt");
			});
		}
		assertThat(output).contains("Property socket.servers.upper.port is", "Trying again in");
	}

	/** After how many milliseconds the log says that there will be another attempt. */
	private static List<Long> delays(CapturedOutput output) {
		return Pattern.compile("Trying again in (\\d+) ms")
			.matcher(output)
			.results()
			.map((found) -> Long.valueOf(found.group(1)))
			.toList();
	}

	@Test
	void tryingAgainEndsWithTheApplication() throws IOException {
		try (ServerSocket taken = taken()) {
			upperOn(taken, "start.on-failure=retry", "start.wait=false")
				.run((context) -> await().until(() -> server(context).state() == ServerState.FAILED));
			awaitNoStart();
		}
	}

	@Test
	void aStopEndsTheTrying() throws IOException {
		try (ServerSocket taken = taken()) {
			upperOn(taken, "start.on-failure=retry").run((context) -> {
				await().until(() -> health(context).getDetails().containsKey("nextAttempt"));
				assertThat(server(context).stop()).isTrue();
				free(taken);
				await().until(() -> !health(context).getDetails().containsKey("nextAttempt"));
				awaitNoStart();
				assertThat(server(context).state()).isEqualTo(ServerState.STOPPED);
				// Whoever starts it by hand tries once.
				try (ServerSocket again = new ServerSocket(taken.getLocalPort(), 1, taken.getInetAddress())) {
					assertThatExceptionOfType(ServerStartException.class).as("on port %s", again.getLocalPort())
						.isThrownBy(server(context)::start);
				}
				assertThat(health(context).getDetails()).containsKey("failure").doesNotContainKey("nextAttempt");
			});
		}
	}

	@Test
	void aFailureInTheBackgroundStopsTheApplication(CapturedOutput output) throws IOException {
		try (ServerSocket taken = taken()) {
			upperOn(taken, "start.wait=false")
				.run((context) -> await().until(() -> !context.getSourceApplicationContext().isActive()));
		}
		assertThat(output).contains("Property socket.servers.upper.port is", "The application stops.");
	}

	@Test
	void aBeanThatFailsInTheBackgroundStopsTheApplication(CapturedOutput output) {
		failing(new UnsupportedOperationException("not on this machine"))
			.withPropertyValues("socket.servers.upper.start.wait=false")
			.run((context) -> await().until(() -> !context.getSourceApplicationContext().isActive()));
		assertThat(output).contains("not on this machine", "The application stops.");
	}

	/**
	 * Whatever it is that a start needs: a bean, or a thread, the lack of which is an
	 * error.
	 */
	@ParameterizedTest
	@MethodSource
	void anApplicationMayDoWithoutAServerWhoseStartFails(Throwable failure, CapturedOutput output) {
		failing(failure).withPropertyValues("socket.servers.upper.start.on-failure=warn").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(server(context).state()).isEqualTo(ServerState.FAILED);
		});
		assertThat(output).contains("Caused by: " + failure, "The application carries on without the server.");
	}

	static Stream<Throwable> anApplicationMayDoWithoutAServerWhoseStartFails() {
		return Stream.of(new UnsupportedOperationException("not on this machine"),
				new OutOfMemoryError("unable to create native thread"));
	}

	@Test
	void aServerWhoseStartFailsIsTriedAgain(CapturedOutput output) {
		failing(new UnsupportedOperationException("not on this machine"))
			.withPropertyValues("socket.servers.upper.start.on-failure=retry")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				await().until(() -> health(context).getDetails().containsKey("nextAttempt"));
			});
		assertThat(output).contains("not on this machine", "Trying again in");
	}

	@Test
	void aBeanThatFailsStopsTheApplicationByDefault() {
		failing(new UnsupportedOperationException("not on this machine"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(UnsupportedOperationException.class));
	}

	private ApplicationContextRunner failing(Throwable failure) {
		return this.upper.withBean(NettyPipelineCustomizer.class, () -> {
			if (failure instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) failure;
		}, (definition) -> definition.setLazyInit(true));
	}

	/**
	 * Closing interrupts whoever starts the context, and gives up where that waits on.
	 */
	@ParameterizedTest
	@ValueSource(classes = { SlowToStart.class, SlowToHear.class })
	void aFailureInTheBackgroundStopsAnApplicationThatIsStillStarting(Class<?> slow) throws IOException {
		try (ServerSocket taken = taken()) {
			this.runner.withBean(slow)
				.withPropertyValues(under("socket.servers.upper.", "port=" + taken.getLocalPort(), "start.wait=false"))
				.run((context) -> {
					assertThat(context).hasNotFailed();
					await().until(() -> context.getSourceApplicationContext().isClosed());
				});
		}
	}

	@Test
	void aStartThatWasStoppedAndFailsIsNobodysConcern(CapturedOutput output) throws IOException {
		CountDownLatch starting = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		Supplier<NettyPipelineCustomizer> slow = () -> {
			starting.countDown();
			Patience.await(goOn);
			return (pipeline, session) -> {
			};
		};
		try (ServerSocket taken = taken()) {
			this.runner.withBean(NettyPipelineCustomizer.class, slow, (definition) -> definition.setLazyInit(true))
				.withPropertyValues(under("socket.servers.upper.", "port=" + taken.getLocalPort(), "start.wait=false"))
				.run((context) -> {
					Patience.await(starting);
					assertThat(ServerOperations.of(server(context)).beginStop(Duration.ZERO)).isTrue();
					goOn.countDown();
					awaitNoStart();
					await().until(() -> server(context).state() == ServerState.STOPPED);
					assertThat(context.getSourceApplicationContext().isActive()).isTrue();
				});
		}
		assertThat(output).doesNotContain("The application stops.");
	}

	/** One of an operator is under way, and another has failed just now. */
	@Test
	void startsOfOthersThatFailDoNotEndTheTrying() {
		SocketServer server = mock(SocketServer.class);
		when(server.name()).thenReturn("upper");
		when(server.spec()).thenReturn(ServerSpec.builder("upper")
			.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), (line) -> line))
			.build());
		AtomicReference<ServerState> state = new AtomicReference<>(ServerState.STARTING);
		when(server.state()).thenAnswer((call) -> state.get());
		doThrow(new IllegalStateException("STARTING")).doAnswer((call) -> {
			state.set(ServerState.FAILED);
			throw new IllegalStateException("STARTING");
		}).doNothing().when(server).start();

		new BackgroundStart(server, OnStartFailure.RETRY, mock(StartFailures.class), () -> true, Set.of()).begin(null);

		awaitNoStart();
		verify(server, times(3)).start();
	}

	@Test
	void theDelayDoublesUpToHalfAMinute() {
		Duration delay = Duration.ofSeconds(1);
		for (int expected : new int[] { 2, 4, 8, 16, 30, 30 }) {
			delay = BackgroundStart.next(delay);
			assertThat(delay).isEqualTo(Duration.ofSeconds(expected));
		}
	}

	private static ServerSocket taken() throws IOException {
		return new ServerSocket(Ports.free(), 1, InetAddress.getByName("127.0.0.1"));
	}

	private static void free(ServerSocket taken) throws IOException {
		taken.close();
	}

	private ApplicationContextRunner upperOn(ServerSocket taken, String... properties) {
		return this.runner.withPropertyValues("socket.servers.upper.port=" + taken.getLocalPort())
			.withPropertyValues(under("socket.servers.upper.", properties));
	}

	private static String[] under(String prefix, String... properties) {
		return Arrays.stream(properties).map((property) -> prefix + property).toArray(String[]::new);
	}

	private static SocketServer server(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	private static Health health(ApplicationContext context) {
		return ((HealthIndicator) context.getBean(SocketServersHealthContributor.class).getContributor("upper"))
			.health();
	}

	/** Waits until the server has failed, and longer, whoever interrupts it. */
	private static void waitForFailure(ConfigurableApplicationContext context) {
		CompletableFuture.runAsync(() -> {
			await().until(() -> server(context).state() == ServerState.FAILED);
			await().during(Duration.ofMillis(500)).until(context::isActive);
		}).join();
	}

	static class SlowToHear {

		private final ConfigurableApplicationContext context;

		SlowToHear(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@EventListener(ContextRefreshedEvent.class)
		void refreshed() {
			waitForFailure(this.context);
		}

	}

	/** Starts after the servers. */
	static class SlowToStart implements SmartLifecycle {

		private final ConfigurableApplicationContext context;

		SlowToStart(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@Override
		public void start() {
			waitForFailure(this.context);
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	/** Has the first start of a server wait after its beginning. */
	@Configuration(proxyBeanMethods = false)
	static class LateStart {

		final CountDownLatch begun = new CountDownLatch(1);

		final CountDownLatch go = new CountDownLatch(1);

		@Bean
		SocketServersLifecycle lifecycle(SocketServers servers, ConfiguredEntries configured,
				ConfigurableApplicationContext context) {
			return new SocketServersLifecycle(advised(SocketServers.class, servers, this::found),
					() -> configured.described().servers(), new StartFailures(context), () -> {
					});
		}

		private @Nullable Object found(MethodInvocation call) throws Throwable {
			Object result = call.proceed();
			return (result instanceof Optional<?> server)
					? server.map((found) -> advised(SocketServer.class, (SocketServer) found, this::called)) : result;
		}

		private @Nullable Object called(MethodInvocation call) throws Throwable {
			if (call.getMethod().getName().equals("start") && this.begun.getCount() > 0) {
				this.begun.countDown();
				this.go.await();
			}
			return call.proceed();
		}

		private static <T> T advised(Class<T> type, T target, MethodInterceptor advice) {
			ProxyFactory factory = new ProxyFactory();
			factory.addAdvice(advice);
			// Also what operators can do, which the lifecycle asks a server for.
			factory.setInterfaces(ClassUtils.getAllInterfaces(target));
			factory.setTarget(target);
			return type.cast(factory.getProxy(type.getClassLoader()));
		}

	}

}
