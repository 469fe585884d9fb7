package dev.socketserver.handler.payload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static dev.socketserver.handler.payload.PayloadHandlers.peer;
import static org.assertj.core.api.Assertions.assertThat;

/** Replies that are several, or come later, by what the handler declares. */
@Tag("virtual-threads")
class ReactiveRepliesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.it.port=0");

	@ParameterizedTest
	@CsvSource({ "mono, a later", "flux, a 1;a 2", "publisher, a 1;a 2", "undeclared, a later", "nothing, a later",
			"list, a 1;a 2", "stream, a 1;a 2", "stage, a 1;a 2", "flow, a 1;a 2", "monoOfList, a 1;a 2",
			"collection, a 1;a 2", "fluxOfLists, ['a'];['a']", "future, a later" })
	void repliesComeInOrder(String handler, String replies) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				String expected = replies.replace(';', '\n').replace('\'', '"');
				String again = expected.replace("a ", "b ").replace("\"a\"", "\"b\"");
				assertThat(peer.send("a\nb\n").end()).isEqualTo(expected + "\n" + again + "\n");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mono", "flux", "undeclared" })
	void anEmptyOneIsNoReply(String handler) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("empty\na\n").end()).startsWith("a ");
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mono", "flux", "undeclared" })
	void aFailureClosesTheSession(String handler) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("fail\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).hasMessage("failed on purpose");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "endlessMono", "endlessFlux" })
	void whatNobodyWaitsForAnyMoreIsCancelled(String handler) {
		handler(handler).run((context) -> {
			Handlers handlers = context.getBean(Handlers.class);
			try (TestPeer peer = peer(context)) {
				peer.send("a\n");
				Patience.await(handlers.subscribed);
				assertThat(handlers.cancelled.getCount()).isOne();
				context.getBean(SocketServers.class).session("it-1").orElseThrow().abort();
				Patience.await(handlers.cancelled);
			}
			assertThat(context.getBean(Closings.class).next().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "stage", "flow", "list", "nothing" })
	void withoutReactorTheOthersWork(String handler) {
		handler(handler).withClassLoader(new FilteredClassLoader("reactor", "org.reactivestreams")).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send("a\n").end()).startsWith("a ");
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "listOfMonos, reactor.core.publisher.Mono", "streamOfFutures, java.util.concurrent.CompletableFuture",
			"fluxOfStreams, java.util.stream.Stream", "monoOfObjects, java.lang.Thread" })
	void whatCannotBeSentFailsTheStart(String handler, String type) {
		handler(handler).withClassLoader(new FilteredClassLoader("tools.jackson")).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.property()).isEqualTo("socket.servers.it.handler");
			assertThat(failure.description()).contains("bean '" + handler + "' (method " + Handlers.class.getName()
					+ "." + handler + "()) replies with " + type + ", which cannot be sent");
			assertThat(failure.remedy()).contains("String, byte[], ByteBuffer");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "listOfMonos", "stageOfFlux", "monoOfMono" })
	void jsonDoesNotStandForWhatComesLater(String handler) {
		handler(handler).run((context) -> assertThat(failure(context).description()).contains("cannot be sent"));
	}

	private ApplicationContextRunner handler(String bean) {
		return this.runner.withPropertyValues("socket.servers.it.handler=" + bean);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		final CountDownLatch subscribed = new CountDownLatch(1);

		final CountDownLatch cancelled = new CountDownLatch(1);

		@Bean
		Function<String, Mono<String>> endlessMono() {
			return (text) -> Mono.<String>never()
				.doOnSubscribe((subscription) -> this.subscribed.countDown())
				.doOnCancel(this.cancelled::countDown);
		}

		@Bean
		Function<String, Flux<String>> endlessFlux() {
			return (text) -> Flux.<String>never()
				.doOnSubscribe((subscription) -> this.subscribed.countDown())
				.doOnCancel(this.cancelled::countDown);
		}

		@Bean
		Function<String, Mono<String>> mono() {
			return (text) -> switch (text) {
				case "empty" -> Mono.empty();
				case "fail" -> Mono.error(new IllegalStateException("failed on purpose"));
				default -> Mono.just(text + " later").delayElement(Duration.ofMillis(1));
			};
		}

		@Bean
		Function<String, Flux<String>> flux() {
			return (text) -> switch (text) {
				case "empty" -> Flux.empty();
				case "fail" -> Flux.error(new IllegalStateException("failed on purpose"));
				default -> Flux.just(text + " 1", text + " 2").delayElements(Duration.ofMillis(1));
			};
		}

		@Bean
		Function<String, Publisher<String>> publisher() {
			return (text) -> Flux.just(text + " 1", text + " 2");
		}

		@Bean
		Function<String, Object> undeclared() {
			return (text) -> mono().apply(text);
		}

		@Bean
		Function<String, ?> nothing() {
			return (text) -> text + " later";
		}

		@Bean
		Function<String, List<String>> list() {
			return (text) -> List.of(text + " 1", text + " 2");
		}

		@Bean
		Function<String, Iterable<String>> collection() {
			return (text) -> List.of(text + " 1", text + " 2");
		}

		@Bean
		Function<String, Stream<String>> stream() {
			return (text) -> Stream.of(text + " 1", text + " 2");
		}

		@Bean
		Function<String, CompletionStage<List<String>>> stage() {
			return (text) -> CompletableFuture.supplyAsync(() -> List.of(text + " 1", text + " 2"));
		}

		@Bean
		Function<String, CompletableFuture<String>> future() {
			return (text) -> CompletableFuture.completedFuture(text + " later");
		}

		@Bean
		Function<String, Flow.Publisher<String>> flow() {
			return (text) -> JdkFlowAdapter.publisherToFlowPublisher(Flux.just(text + " 1", text + " 2"));
		}

		@Bean
		Function<String, Mono<List<String>>> monoOfList() {
			return (text) -> Mono.just(List.of(text + " 1", text + " 2"));
		}

		@Bean
		Function<String, Flux<List<String>>> fluxOfLists() {
			return (text) -> Flux.just(List.of(text), List.of(text));
		}

		@Bean
		Function<String, List<Mono<String>>> listOfMonos() {
			return (text) -> List.of();
		}

		@Bean
		Function<String, Stream<CompletableFuture<String>>> streamOfFutures() {
			return (text) -> Stream.of();
		}

		@Bean
		Function<String, Flux<Stream<String>>> fluxOfStreams() {
			return (text) -> Flux.empty();
		}

		@Bean
		Function<String, CompletionStage<Flux<String>>> stageOfFlux() {
			return (text) -> CompletableFuture.completedFuture(flux().apply(text));
		}

		@Bean
		Function<String, Mono<Mono<String>>> monoOfMono() {
			return (text) -> Mono.just(mono().apply(text));
		}

		@Bean
		Function<String, Mono<Thread>> monoOfObjects() {
			return (text) -> Mono.empty();
		}

	}

}
