package dev.socketserver.handler;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.peer.TestPeer;
import kotlin.Metadata;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** Handlers as Kotlin's compiler makes them. */
@Tag("virtual-threads")
@Timeout(60)
class KotlinHandlersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.it.port=0");

	@ParameterizedTest
	@ValueSource(strings = { "unit", "undeclared", "stage", "mono", "annotated" })
	void unitIsNoReply(String handler) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("a\nb\n").end()).isEmpty();
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"lambda | Handlers.lambda()) is a Kotlin function, which cannot be a handler | "
					+ "java.util.function.Function or Consumer",
			"functionClass | Handlers.functionClass()) is a Kotlin function, which cannot be a handler | java.util.function.Function",
			"suspending | Suspending.on(String, Continuation) is a suspend function | runBlocking",
			"withoutBridge | Handlers.withoutBridge()) replies with kotlinx.coroutines.flow.Flow, which cannot be sent | "
					+ "with kotlinx-coroutines-reactor" })
	void whatIsNoHandlerTellsTheWayOut(String handler, String problem, String remedy) {
		handler(handler).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).contains(problem);
			assertThat(failure.remedy()).contains(remedy);
		});
	}

	private ApplicationContextRunner handler(String name) {
		return this.runner.withPropertyValues("socket.servers.it.handler=" + name);
	}

	private static TestPeer peer(AssertableApplicationContext context) {
		return TestPeer.connect(context.getBean(SocketServers.class).server("it").orElseThrow());
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Function<String, Unit> unit() {
			return (line) -> Unit.INSTANCE;
		}

		@Bean
		Function<String, Object> undeclared() {
			return (line) -> Unit.INSTANCE;
		}

		@Bean
		Function<String, CompletableFuture<Unit>> stage() {
			return (line) -> CompletableFuture.completedFuture(Unit.INSTANCE);
		}

		@Bean
		Function<String, Mono<Unit>> mono() {
			return (line) -> Mono.just(Unit.INSTANCE);
		}

		@Bean
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		Function1<String, String> lambda() {
			return String::toUpperCase;
		}

		@Bean
		Upper functionClass() {
			return new Upper();
		}

		@Bean
		Suspending suspending() {
			return new Suspending();
		}

		@Bean
		Function<String, Flow<String>> withoutBridge() {
			return FlowKt::flowOf;
		}

	}

	/** Safe calls such as {@code sink?.add(line)} give {@code Unit?}. */
	static class Annotated {

		@OnOpen
		Unit opened() {
			return Unit.INSTANCE;
		}

		@OnMessage
		Unit on(String line) {
			return Unit.INSTANCE;
		}

		@OnClose
		Unit closed() {
			return Unit.INSTANCE;
		}

	}

	static class Upper implements Function1<String, String> {

		@Override
		public String invoke(String line) {
			return line.toUpperCase();
		}

	}

	@Metadata
	static class Suspending {

		@OnMessage
		Object on(String line, Continuation<String> continuation) {
			return line;
		}

	}

}
