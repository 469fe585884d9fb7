package dev.socketserver.autoconfigure.observation;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.observation.DefaultSocketClientMessageObservationConvention;
import dev.socketserver.observation.DefaultSocketMessageObservationConvention;
import dev.socketserver.observation.SocketClientObservations;
import dev.socketserver.observation.SocketMessageContext;
import dev.socketserver.observation.SocketMessageObserver;
import dev.socketserver.observation.SocketServerObservations;
import dev.socketserver.operator.MessageObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketObservationAutoConfiguration}, and for what is observed of
 * handlers of every form.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketObservationAutoConfigurationTests {

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final ApplicationContextRunner off = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketObservationAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.servers.orders.port=0", "socket.servers.chat.port=0",
				"socket.servers.later.port=0");

	private final ApplicationContextRunner on = this.off.withPropertyValues("socket.observations.enabled=true");

	private final ApplicationContextRunner observed = this.on.withBean(ObservationRegistry.class,
			() -> this.observations);

	@Test
	void areOffUnlessSwitchedOn() {
		this.off.withBean(ObservationRegistry.class, () -> this.observations).run((context) -> {
			assertThat(context).doesNotHaveBean(MessageObserver.class);
			ask(context.getBean(SocketServers.class), "upper", "x", "X");
			TestObservationRegistryAssert.assertThat(this.observations).doesNotHaveAnyObservation();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "on", "yes", "1" })
	void areOnInAllSpellings(String on) {
		this.off.withPropertyValues("socket.observations.enabled=" + on)
			.run((context) -> assertThat(context).hasSingleBean(MessageObserver.class));
	}

	@Test
	void areNeitherOnNorOffByMistake() {
		this.off.withPropertyValues("socket.observations.enabled=ture")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Property socket.observations.enabled is 'ture': it must be true or false"));
	}

	@Test
	void needNoClassesWhileOff() {
		this.off.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> ask(context.getBean(SocketServers.class), "upper", "x", "X"));
	}

	@Test
	void doNothingWithoutTheirClasses() {
		this.on.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> ask(context.getBean(SocketServers.class), "upper", "x", "X"));
	}

	@Test
	void sayThatThereIsNoRegistry(CapturedOutput output) {
		this.on.run((context) -> {
			ask(context.getBean(SocketServers.class), "upper", "x", "X");
			assertThat(output).containsOnlyOnce("Property socket.observations.enabled has no effect");
		});
	}

	@Test
	void aMessageOfAFunctionIsOne() {
		this.observed.run((context) -> {
			ask(context.getBean(SocketServers.class), "upper", "x", "X");

			expectOne("upper", "SUCCESS", "upper-1");
		});
	}

	@Test
	void aMessageOfAnAnnotatedMethodIsOneAlsoIfItsFailureIsMadeGood() {
		this.observed.run((context) -> {
			ask(context.getBean(SocketServers.class), "orders", "wrong", "sorry");

			expectOne("orders", "ERROR", "orders-1");
			TestObservationRegistryAssert.assertThat(this.observations).hasSingleObservationThat().hasError();
		});
	}

	@Test
	void aFrameOfAConversationIsOne() {
		this.observed.run((context) -> {
			ask(context.getBean(SocketServers.class), "chat", "x", "x");

			expectOne("chat", "SUCCESS", "chat-1");
		});
	}

	@Test
	void aMessageLastsUntilItsLaterReply() {
		this.observed.run((context) -> {
			Handlers.later = new CompletableFuture<>();
			SocketServer server = context.getBean(SocketServers.class).get("later");
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				peer.send("x\n");
				await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
					.hasObservationWithNameEqualTo("socket.server.message")
					.that()
					.hasBeenStarted()
					.isNotStopped());
				assertThat(this.observations.getCurrentObservation()).isNull();

				Handlers.later.complete("done");
				assertThat(peer.line()).isEqualTo("done");
			}
			expectOne("later", "SUCCESS", "later-1");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mono", "flux", "generated", "stream" })
	void whatMakesTheRepliesFindsTheMessageToBeItsParent(String server) {
		this.observed.withUserConfiguration(Made.class)
			.withPropertyValues("socket.servers.%s.port=0".formatted(server))
			.run((context) -> {
				ask(context.getBean(SocketServers.class), server, "x", "within socket.server.message");
				await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
					.hasSingleObservationThat()
					.hasBeenStopped());
			});
	}

	@Test
	void aMessageThatAClientHandlesIsObservedToo() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.observed.withUserConfiguration(Caller.class)
				.withPropertyValues("socket.clients.caller.host=" + listener.getInetAddress().getHostAddress(),
						"socket.clients.caller.port=" + listener.getLocalPort())
				.run((context) -> {
					try (Socket peer = listener.accept()) {
						peer.getOutputStream().write("x\n".getBytes(StandardCharsets.UTF_8));
						assertThat(peer.getInputStream().readNBytes(2)).asString().isEqualTo("X\n");
					}
					await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
						.hasSingleObservationThat()
						.hasNameEqualTo("socket.client.message")
						.hasLowCardinalityKeyValue("client", "caller")
						.hasLowCardinalityKeyValue("outcome", "SUCCESS")
						.hasHighCardinalityKeyValue("session", "caller-1")
						.hasOnlyKeys("client", "outcome", "session")
						.hasBeenStopped());
				});
		}
	}

	private void expectOne(String server, String outcome, String session) {
		await().atMost(Patience.limit())
			.untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
				.hasNumberOfObservationsEqualTo(1)
				.hasSingleObservationThat()
				.hasNameEqualTo("socket.server.message")
				.hasContextualNameEqualTo("message " + server)
				.hasLowCardinalityKeyValue("server", server)
				.hasLowCardinalityKeyValue("outcome", outcome)
				.hasHighCardinalityKeyValue("session", session)
				.hasOnlyKeys("server", "outcome", "session")
				.hasBeenStopped());
	}

	@Test
	void keysAreTheDocumentedOnes() {
		assertThat(SocketServerObservations.MESSAGE.getLowCardinalityKeyNames()).extracting(KeyName::asString)
			.containsExactly("server", "outcome", "method");
		assertThat(SocketServerObservations.MESSAGE.getHighCardinalityKeyNames()).extracting(KeyName::asString)
			.containsExactly("session");
		assertThat(SocketServerObservations.MESSAGE.getDefaultConvention())
			.isEqualTo(DefaultSocketMessageObservationConvention.class);
		assertThat(SocketClientObservations.MESSAGE.getLowCardinalityKeyNames()).extracting(KeyName::asString)
			.containsExactly("client", "outcome", "method");
		assertThat(SocketClientObservations.MESSAGE.getHighCardinalityKeyNames()).extracting(KeyName::asString)
			.containsExactly("session");
		assertThat(SocketClientObservations.MESSAGE.getDefaultConvention())
			.isEqualTo(DefaultSocketClientMessageObservationConvention.class);
	}

	@Test
	void aConventionBeanReplacesOurs() {
		this.observed.withBean(Convention.class).run((context) -> {
			ask(context.getBean(SocketServers.class), "upper", "x", "X");

			await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
				.hasSingleObservationThat()
				.hasNameEqualTo("frames")
				.hasLowCardinalityKeyValue("team", "blue")
				.hasLowCardinalityKeyValue("server", "upper"));
		});
	}

	@Test
	void aGlobalConventionReplacesOurs() {
		this.observations.observationConfig().observationConvention(new GlobalConvention());
		this.observed.run((context) -> {
			ask(context.getBean(SocketServers.class), "upper", "x", "X");

			await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.observations)
				.hasSingleObservationThat()
				.hasNameEqualTo("global"));
		});
	}

	@Test
	void anObserverOfTheApplicationReplacesOurs() {
		this.observed.withBean("own", MessageObserver.class, () -> (session, message) -> null)
			.run((context) -> assertThat(context).hasSingleBean(MessageObserver.class)
				.doesNotHaveBean(SocketMessageObserver.class));
	}

	@Test
	void timersHaveNoSession() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		this.observed.run((context) -> {
			ask(context.getBean(SocketServers.class), "upper", "x", "X");

			await().until(() -> meters.find("socket.server.message").timer() != null);
			assertThat(meters.get("socket.server.message").timer().getId().getTags()).extracting((tag) -> tag.getKey())
				.containsExactlyInAnyOrder("server", "outcome", "error");
		});
	}

	/**
	 * On the one thread that handles everything, or somewhere between that and the loop.
	 */
	@ParameterizedTest
	@EnumSource(names = { "OPENED", "CLOSED", "ERROR" })
	void aWatcherThatFailsLeavesNothingToTheMessagesOfOthers(Failing.When when) {
		Failing failing = new Failing(when);
		Following following = new Following();
		this.observations.observationConfig().observationHandler(following).observationHandler(failing);
		this.observed
			.withPropertyValues("socket.servers.upper.execution.mode=event-loop",
					"socket.servers.orders.execution.mode=event-loop", "socket.event-loop-threads=1")
			.run((context) -> {
				SocketServers servers = context.getBean(SocketServers.class);
				ask(servers, "orders", "wrong", "sorry");
				await().until(() -> failing.failed);

				ask(servers, "upper", "x", "X");

				await().until(() -> failing.stopped.get() == 2);
				TestObservationRegistryAssert.assertThat(this.observations)
					.hasNumberOfObservationsWithNameEqualTo("socket.server.message", 2)
					.forAllObservationsWithNameEqualTo("socket.server.message",
							(observation) -> observation.doesNotHaveParentObservation());
				assertThat(following.mistakes).isEmpty();
			});
	}

	/** As an application, because that is how OpenTelemetry gets to know of scopes. */
	@Test
	void handlersHaveTheTraceInTheirLogContext() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Traced.class)
			.web(WebApplicationType.NONE)
			.properties("socket.observations.enabled=true", "socket.servers.traced.port=0")
			.run(); TestPeer peer = TestPeer.connect(context, "traced")) {
			List<String> first = List.of(peer.ask("x").split(" "));
			List<String> second = List.of(peer.ask("x").split(" "));

			assertThat(first.get(0)).matches("[0-9a-f]{32}");
			assertThat(first.get(1)).matches("[0-9a-f]{16}");
			assertThat(first.get(2)).isEqualTo("traced-1");
			assertThat(second.get(0)).matches("[0-9a-f]{32}").isNotEqualTo(first.get(0));
		}
	}

	private static void ask(SocketServers servers, String server, String line, String reply) throws Exception {
		try (TestPeer peer = TestPeer.connect(servers.get(server).localAddress())) {
			assertThat(peer.ask(line)).isEqualTo(reply);
		}
	}

	static class Convention extends DefaultSocketMessageObservationConvention {

		@Override
		public String getName() {
			return "frames";
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(SocketMessageContext context) {
			return super.getLowCardinalityKeyValues(context).and("team", "blue");
		}

	}

	static class GlobalConvention implements GlobalObservationConvention<SocketMessageContext> {

		@Override
		public String getName() {
			return "global";
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SocketMessageContext;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpperHandler.class)
	static class Handlers {

		private static CompletableFuture<String> later = new CompletableFuture<>();

		@Bean
		@SocketHandler("later")
		Function<String, CompletableFuture<String>> later() {
			return (line) -> later;
		}

		@Bean
		@SocketHandler("chat")
		ConversationHandler<String, String> chat() {
			return (conversation) -> {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					conversation.send(line);
				}
			};
		}

		@Bean
		Orders orders() {
			return new Orders();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		@Bean
		@SocketClientHandler("caller")
		UnaryOperator<String> caller() {
			return String::toUpperCase;
		}

	}

	/** Handlers whose replies are made by what they return. */
	@Configuration(proxyBeanMethods = false)
	static class Made {

		@Bean
		@SocketHandler("mono")
		Function<String, Mono<String>> mono(ObservationRegistry observations) {
			return (line) -> Mono.fromSupplier(() -> around(observations));
		}

		@Bean
		@SocketHandler("flux")
		Function<String, Flux<String>> flux(ObservationRegistry observations) {
			return (line) -> Flux.defer(() -> Flux.just(around(observations)));
		}

		@Bean
		@SocketHandler("generated")
		Function<String, Flux<String>> generated(ObservationRegistry observations) {
			return (line) -> Flux.just(line).map((given) -> around(observations));
		}

		@Bean
		@SocketHandler("stream")
		Function<String, Stream<String>> stream(ObservationRegistry observations) {
			return (line) -> Stream.of(line).map((given) -> around(observations));
		}

		private static String around(ObservationRegistry observations) {
			Observation current = observations.getCurrentObservation();
			return "within " + ((current != null) ? current.getContext().getName() : "nothing");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketObservationAutoConfiguration.class,
			ObservationAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
			OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class })
	static class Traced {

		@Bean
		@SocketHandler("traced")
		UnaryOperator<String> traced() {
			return (line) -> MDC.get("traceId") + " " + MDC.get("spanId") + " " + MDC.get("socket.session");
		}

	}

	/** Fails once. */
	private static final class Failing implements ObservationHandler<SocketMessageContext> {

		private final When when;

		private final AtomicInteger stopped = new AtomicInteger();

		private volatile boolean failed;

		Failing(When when) {
			this.when = when;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SocketMessageContext;
		}

		@Override
		public void onScopeOpened(SocketMessageContext context) {
			fail(When.OPENED);
		}

		@Override
		public void onScopeClosed(SocketMessageContext context) {
			fail(When.CLOSED);
		}

		@Override
		public void onError(SocketMessageContext context) {
			fail(When.ERROR);
		}

		@Override
		public void onStop(SocketMessageContext context) {
			this.stopped.incrementAndGet();
		}

		private void fail(When now) {
			if (now == this.when && !this.failed) {
				this.failed = true;
				throw new IllegalStateException("as it was asked to");
			}
		}

		enum When {

			OPENED, CLOSED, ERROR

		}

	}

	/** Keeps what is current on a thread, as traces do. */
	private static final class Following implements ObservationHandler<SocketMessageContext> {

		private final ThreadLocal<SocketMessageContext> current = new ThreadLocal<>();

		private final List<SocketMessageContext> mistakes = new CopyOnWriteArrayList<>();

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SocketMessageContext;
		}

		@Override
		public void onScopeOpened(SocketMessageContext context) {
			if (this.current.get() != null) {
				this.mistakes.add(context);
			}
			this.current.set(context);
		}

		@Override
		public void onScopeClosed(SocketMessageContext context) {
			this.current.remove();
		}

	}

	@SocketHandler("orders")
	static class Orders {

		@OnMessage
		String place(String order) {
			throw new IllegalStateException("no");
		}

		@OnError
		String failed(Exception failure) {
			return "sorry";
		}

	}

}
