package dev.socketserver.handler.bean;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import ch.qos.logback.classic.Level;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.payload.KotlinTypes;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadValidationException;
import dev.socketserver.payload.PayloadValidationException.Violation;
import jakarta.validation.constraints.NotBlank;
import kotlin.Metadata;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.JvmInline;
import kotlin.jvm.functions.Function1;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;
import kotlinx.coroutines.future.FutureKt;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.implementation.ExceptionMethod;
import net.bytebuddy.implementation.FixedValue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.annotation.Validated;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static dev.socketserver.handler.bean.AnnotatedServer.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Handlers as Kotlin's compiler makes them. */
@Tag("virtual-threads")
class KotlinHandlersTests {

	@RegisterExtension
	private final LogLines log = new LogLines(SocketServer.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.it.port=0");

	@ParameterizedTest
	@ValueSource(strings = { "unit", "undeclared", "stage", "mono", "annotated", "suspendedUnit" })
	void unitIsNoReply(String handler) {
		assertReplies(handler, "a\nb\n", "");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"lambda | Handlers.lambda()) is a Kotlin function, which cannot be a handler | "
					+ "java.util.function.Function or Consumer",
			"functionClass | Handlers.functionClass()) is a Kotlin function, which cannot be a handler | java.util.function.Function",
			"suspendedEnd | SuspendedEnd.closed(Continuation) is a suspend function | Remove suspend",
			"withoutBridge | Handlers.withoutBridge()) replies with kotlinx.coroutines.flow.Flow, which cannot be sent | "
					+ "with kotlinx-coroutines-reactor" })
	void whatIsNoHandlerReportsTheWayOut(String handler, String problem, String remedy) {
		handler(handler).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).contains(problem);
			assertThat(failure.remedy()).contains(remedy);
		});
	}

	@Test
	void repliesOfASuspendFunctionKeepTheOrder() {
		assertReplies("suspending", "slow\nquick\nfail\nend\n", "SLOW\nQUICK\nno fail\nEND\n");
	}

	@Test
	void aSuspendFunctionKeepsItsLogContext() {
		assertReplies("logged", "x\n", "it it-1\n");
	}

	@Test
	void theFailureOfAResultIsAFailure() {
		assertReplies("results", "good\nbad\n", "good\nno bad\n");
	}

	@Test
	void theFailureOfAResultOfASuspendFunctionIsAFailure() {
		assertReplies("suspendedResults", "good\nbad\nslow\nslow bad\n", "good\nno bad\nslow\nno slow bad\n");
	}

	@Test
	void whatIsNotValidForASuspendFunctionIsAPayloadThatIsNot() {
		handler("suspendedValidated").withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.send(" \n").end()).isEqualTo("[must not be blank]\n");
				}
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "throwable", "jsonThrowable", "suspendedThrowable" })
	void anExceptionIsNeverSent(String handler) {
		handler(handler).withUserConfiguration(Converters.class)
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.send("a\n").end()).isEmpty();
				}
			});
	}

	@ParameterizedTest
	@ValueSource(classes = { Values.class, SuspendedValues.class })
	void ofAValueClassTheValueIsSent(Class<?> kind) throws Exception {
		Object boxed = boxed("inside");
		this.runner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
			.withBean("values", kind, boxed)
			.withPropertyValues("socket.servers.it.handler=values")
			.run((context) -> {
				try (TestPeer peer = peer(context)) {
					assertThat(peer.send("a\n").end()).isEqualTo("inside\n");
				}
			});
	}

	/** Makes an object of what the compiler makes of a value class. */
	private static Object boxed(String value) throws Exception {
		Class<?> type = new ByteBuddy().subclass(Object.class)
			.annotateType(AnnotationDescription.Builder.ofType(JvmInline.class).build())
			.defineMethod("unbox-impl", Object.class, Visibility.PUBLIC)
			.intercept(FixedValue.value(value))
			.make()
			.load(KotlinHandlersTests.class.getClassLoader())
			.getLoaded();
		return type.getConstructor().newInstance();
	}

	@Test
	void logsNameFunctionsAsTheSourceDoes() throws Exception {
		Class<?> mangled = new ByteBuddy().subclass(Object.class)
			.annotateType(AnnotationDescription.Builder.ofType(Metadata.class).build())
			.name("dev.socketserver.handler.bean.Mangled")
			.defineMethod("on-x1_yZ-w", String.class, Visibility.PUBLIC)
			.withParameter(String.class)
			.intercept(ExceptionMethod.throwing(IllegalStateException.class))
			.annotateMethod(AnnotationDescription.Builder.ofType(OnMessage.class).build())
			.make()
			.load(KotlinHandlersTests.class.getClassLoader())
			.getLoaded();
		assertThat(KotlinTypes.nameOf(mangled.getMethod("on-x1_yZ-w", String.class))).isEqualTo("on");
		this.runner.withBean("mangled", mangled)
			.withPropertyValues("socket.servers.it.handler=mangled")
			.run((context) -> assertFailureIsLogged(context, "Mangled.on"));
		handler("internal").run((context) -> assertFailureIsLogged(context, "Internal.on"));
	}

	private void assertFailureIsLogged(AssertableApplicationContext context, String name) {
		try (TestPeer peer = peer(context)) {
			assertThat(peer.send("a\n").end()).isEmpty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		assertThat(this.log.messages(Level.ERROR)).last().asString().contains(name + ":").doesNotContain("$", "-x1");
	}

	@Test
	void withTheSessionEndsTheCoroutine() {
		handler("endless").run((context) -> {
			Endless endless = context.getBean(Endless.class);
			try (TestPeer peer = peer(context)) {
				peer.send("wait\n");
				Job job = Patience.await(endless.job);
				assertThat(job.isActive()).isTrue();
				context.getBean(SocketServers.class).get("it").sessions().forEach(SocketSession::abort);
				await().until(job::isCancelled);
			}
		});
	}

	@Test
	void withoutCoroutinesASuspendFunctionReportsWhatToAdd() {
		handler("suspending").withClassLoader(new FilteredClassLoader(FutureKt.class)).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.remedy()).contains("kotlinx-coroutines-core");
		});
	}

	private void assertReplies(String handler, String sent, String replies) {
		handler(handler).run((context) -> {
			try (TestPeer peer = peer(context)) {
				assertThat(peer.send(sent).end()).isEqualTo(replies);
			}
		});
	}

	private ApplicationContextRunner handler(String name) {
		return this.runner.withPropertyValues("socket.servers.it.handler=" + name);
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
		Logged logged() {
			return new Logged();
		}

		@Bean
		Results results() {
			return new Results();
		}

		@Bean
		SuspendedValidated suspendedValidated() {
			return new SuspendedValidated();
		}

		@Bean
		SuspendedResults suspendedResults() {
			return new SuspendedResults();
		}

		@Bean
		Function<String, Object> throwable() {
			return IllegalArgumentException::new;
		}

		@Bean
		Function<String, IllegalStateException> jsonThrowable() {
			return IllegalStateException::new;
		}

		@Bean
		SuspendedThrowable suspendedThrowable() {
			return new SuspendedThrowable();
		}

		@Bean
		Internal internal() {
			return new Internal();
		}

		@Bean
		SuspendedUnit suspendedUnit() {
			return new SuspendedUnit();
		}

		@Bean
		SuspendedEnd suspendedEnd() {
			return new SuspendedEnd();
		}

		@Bean
		Endless endless() {
			return new Endless();
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

	/** What Kotlin's compiler makes of {@code suspend fun on(line: String): String}. */
	@Metadata
	static class Suspending {

		@OnMessage
		Object on(String line, Continuation<? super String> continuation) {
			return line.equals("quick") ? "QUICK"
					: BuildersKt.withContext(Dispatchers.getIO(), (scope, inner) -> upper(line, inner), continuation);
		}

		private static Object upper(String line, Continuation<? super String> continuation) {
			if (line.equals("fail")) {
				throw new IllegalArgumentException(line);
			}
			return line.toUpperCase(Locale.ROOT);
		}

		@OnError
		String failed(IllegalArgumentException failure) {
			return "no " + failure.getMessage();
		}

	}

	@Metadata
	static class Logged {

		@OnMessage
		Object on(String line, Continuation<? super String> continuation) {
			return BuildersKt.withContext(Dispatchers.getIO(),
					(scope, inner) -> MDC.get("socket.server") + " " + MDC.get("socket.session"), continuation);
		}

	}

	/** Of Kotlin's {@code fun on(line: String): Result<String>}. */
	@Metadata
	static class Results {

		@OnMessage
		Object on(String line) {
			return line.equals("bad") ? ResultKt.createFailure(new IllegalArgumentException(line)) : line;
		}

		@OnError
		String failed(IllegalArgumentException failure) {
			return "no " + failure.getMessage();
		}

	}

	/** Of Kotlin's {@code suspend fun on(line: String): Result<String>}. */
	@Metadata
	static class SuspendedResults {

		@OnMessage
		Object on(String line, Continuation<Object> continuation) {
			Object result = line.endsWith("bad") ? ResultKt.createFailure(new IllegalArgumentException(line)) : line;
			return line.startsWith("slow")
					? BuildersKt.withContext(Dispatchers.getIO(), (scope, inner) -> result, continuation) : result;
		}

		@OnError
		String failed(IllegalArgumentException failure) {
			return "no " + failure.getMessage();
		}

	}

	@Metadata
	@Validated
	static class SuspendedValidated {

		@OnMessage
		Object on(@NotBlank String line, Continuation<? super String> continuation) {
			return line;
		}

		@OnError
		String failed(PayloadValidationException failure) {
			return failure.violations().stream().map(Violation::message).toList().toString();
		}

	}

	@Metadata
	static class SuspendedThrowable {

		@OnMessage
		Object on(String line, Continuation<? super IllegalStateException> continuation) {
			return new IllegalStateException(line);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Converters {

		@Bean
		PayloadConverter<RuntimeException> exceptions() {
			return new PayloadConverter<>() {

				@Override
				public Class<RuntimeException> type() {
					return RuntimeException.class;
				}

				@Override
				public RuntimeException read(byte[] bytes, int offset, int length) {
					return new RuntimeException();
				}

				@Override
				public byte[] write(RuntimeException payload) {
					return payload.toString().getBytes(StandardCharsets.UTF_8);
				}

			};
		}

	}

	@Metadata
	static class Values {

		private final Object value;

		Values(Object value) {
			this.value = value;
		}

		@OnMessage
		Object on(String line) {
			return this.value;
		}

	}

	@Metadata
	static class SuspendedValues {

		private final Object value;

		SuspendedValues(Object value) {
			this.value = value;
		}

		@OnMessage
		Object on(String line, Continuation<Object> continuation) {
			return BuildersKt.withContext(Dispatchers.getIO(), (scope, inner) -> this.value, continuation);
		}

	}

	/**
	 * Of Kotlin's {@code internal fun on(line: String): String} in a module {@code app}.
	 */
	@Metadata
	static class Internal {

		@OnMessage
		String on$app(String line) {
			throw new IllegalStateException(line);
		}

	}

	@Metadata
	static class SuspendedUnit {

		@OnMessage
		Object on(String line, Continuation<? super Unit> continuation) {
			return DelayKt.delay(1, continuation);
		}

	}

	@Metadata
	static class SuspendedEnd {

		@OnMessage
		void on(String line) {
		}

		@OnClose
		Object closed(Continuation<? super Unit> continuation) {
			return Unit.INSTANCE;
		}

	}

	@Metadata
	static class Endless {

		private final CompletableFuture<Job> job = new CompletableFuture<>();

		@OnMessage
		Object on(String line, Continuation<? super String> continuation) {
			this.job.complete(JobKt.getJob(continuation.getContext()));
			return DelayKt.awaitCancellation(continuation);
		}

	}

}
