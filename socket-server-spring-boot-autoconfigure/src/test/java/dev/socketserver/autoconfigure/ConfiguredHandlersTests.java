package dev.socketserver.autoconfigure;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;

/** Which bean is the handler of a server. */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredHandlersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner upper = this.runner.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0");

	@Test
	void aServerWithoutHandlerFailsTheStart() {
		this.upper.withPropertyValues("socket.servers.uper.port=0").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.isEqualTo("Property socket.servers.uper.handler is not set: server 'uper' has no handler; "
						+ "nearest: 'upper'.");
			assertThat(analysis.getAction()).startsWith("Annotate a bean with @SocketHandler(\"uper\"), or set");
		});
	}

	/** The bean has the name of the server, and its annotation a wrong one. */
	@Test
	void aWrongNameInTheAnnotationIsNamed() {
		this.runner.withUserConfiguration(Misnamed.class)
			.withPropertyValues("socket.servers.upper.port=0")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).isEqualTo("Property socket.servers.upper.handler is not set: "
						+ "server 'upper' has no handler; bean 'upper' is annotated with @SocketHandler(\"uper\"), and "
						+ "there is no server 'uper'.");
				assertThat(analysis.getAction()).startsWith("Change the annotation to @SocketHandler(\"upper\")");
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Misnamed {

		@Bean
		@SocketHandler("uper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

	/** Else it is a class that nobody calls, and nothing says why. */
	@Test
	void methodsForMessagesInABeanThatIsNoHandlerAreAWarning(CapturedOutput output) {
		this.upper.withBean("forgotten", Forgotten.class)
			.withBean("named", Forgotten.class)
			.withPropertyValues("socket.servers.second.port=0", "socket.servers.second.handler=named")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Bean 'forgotten' has methods with @OnMessage, and serves no server or client: "
					+ "annotate it with @SocketHandler or @SocketClientHandler")
			.doesNotContain("Bean 'named'")
			.doesNotContain("Bean 'upper'");
	}

	static class Forgotten {

		@OnMessage
		String on(String line) {
			return line;
		}

	}

	/** Servers of properties are registered when all beans have been made. */
	@Test
	void aServerIsNotThereWhileBeansAreMade() {
		this.upper.withUserConfiguration(Early.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("There is no server 'upper', and no other: those of properties are "
						+ "registered when the application context starts"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		Early(SocketServers servers) {
			servers.get("upper");
		}

	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			TwoMessages | has several @OnMessage methods: method %1$s.on(String) and method %1$s.on(byte[])
			Unfit       | : method %1$s.on(String, Thread): parameters 1 (java.lang.String text) and 2
			NoForm      | is none of StreamHandler, ConversationHandler, ConnectionHandler, Function, Consumer,
			""")
	void aMistakeInAHandlerIsNotSaidToBeOneOfTheProperty(String type, String problem) throws Exception {
		Class<?> handler = Class.forName(getClass().getName() + "$" + type);
		String bean = "bean 'calc' (class " + handler.getName() + ")";
		ApplicationContextRunner calc = this.runner
			.withInitializer((context) -> ((GenericApplicationContext) context).registerBean("calc", handler))
			.withPropertyValues("socket.servers.sums.port=0");
		calc.run((context) -> assertThat(analysis(context).getDescription())
			.startsWith("Server 'sums' has no usable handler: " + bean)
			.contains(problem.formatted(handler.getName())));
		if (handler != NoForm.class) {
			calc.withPropertyValues("socket.servers.sums.handler=calc")
				.run((context) -> assertThat(analysis(context).getDescription())
					.startsWith("Server 'sums' has no usable handler (socket.servers.sums.handler is 'calc'): " + bean)
					.contains(problem.formatted(handler.getName())));
		}
	}

	/** What the remedy of a wrong {@code handler} says. */
	@Test
	void aHandlerHasTheNameInTheAnnotationOfABeanOrTheAnnotationThatOfTheServer() {
		this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=gauge",
					"socket.servers.talk.port=0")
			.run((context) -> {
				assertThat(server(context, "other").spec().handler().name()).isEqualTo("meter");
				assertThat(server(context, "talk").spec().handler().name()).isEqualTo("talk");
			});
	}

	@Test
	void twoHandlersForOneServerFailTheStart() {
		this.upper.withUserConfiguration(AnotherUpperConfiguration.class).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).isEqualTo("Property socket.servers.upper.handler is not set: "
					+ "server 'upper' has several handlers, the beans 'upper' and 'another'.");
			assertThat(analysis.getAction()).startsWith("Set it to one of them");
		});
		this.upper.withUserConfiguration(AnotherUpperConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=upper",
					"socket.servers.upper.handler=another")
			.run((context) -> assertThat(server(context, "upper").spec().handler().name()).isEqualTo("another"));
	}

	@Test
	void aHandlerWithoutServerIsAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class, FormsConfiguration.class)
			.withPropertyValues("socket.servers.uper.port=0", "socket.servers.uper.handler=upper",
					"socket.servers.talks.port=0", "socket.servers.talks.handler=meter")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Handler bean 'talk' serves 'talk', but there is no server of that name "
					+ "(nearest: 'talks'): set socket.servers.talk.port, or change the name")
			.doesNotContain("Handler bean 'upper'");
	}

	@Test
	void aNameOfTwoHandlersDoesNotNameOne() {
		this.runner.withUserConfiguration(FormsConfiguration.class, AnotherGaugeConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=gauge")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.other.handler is 'gauge': server 'other' has several handlers, "
						+ "the beans 'meter' and 'second'."));
	}

	@Test
	void everyNameThatIsNoServerIsAWarning(CapturedOutput output) {
		this.upper.withUserConfiguration(NamelessConfiguration.class, FormsConfiguration.class)
			.withPropertyValues("socket.servers.gauge.port=0")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Handler bean 'meter' serves 'meters', but there is no server of that name")
			.contains("Handler bean 'nameless' serves no server (there are 'gauge', 'upper'): name one in its "
					+ "@SocketHandler annotation, or set socket.servers.<name>.handler to 'nameless'")
			.doesNotContain("serves 'gauge'");
	}

	@Test
	void aHandlerWhoseServerHasAnotherIsAWarning(CapturedOutput output) {
		this.upper.withPropertyValues("socket.servers.upper.handler=echo")
			.run((context) -> assertThat(server(context, "upper").spec().handler().name()).isEqualTo("echo"));
		assertThat(output).contains("Handler bean 'upper' serves no server: server 'upper' has the handler 'echo', "
				+ "by socket.servers.upper.handler");
	}

	@Test
	void aHandlerWithoutNameMayBeMeantForAServerThatIsDisabled(CapturedOutput output) {
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.old.port=0", "socket.servers.old.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("Handler bean 'nameless'");
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.old.port=0", "socket.servers.old.enabled=false",
					"socket.servers.old.handler=echo")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Handler bean 'nameless' serves no server");
	}

	@Test
	void aHandlerWithoutNameServesTheOneServerThatNamesNone() {
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.rest.port=0")
			.run((context) -> assertThat(server(context, "rest").spec().handler().name()).isEqualTo("nameless"));
	}

	@Test
	void aHandlerWithoutNameCannotTellTwoServersApart() {
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.rest.port=0", "socket.servers.more.port=0")
			.run((context) -> assertThat(analysis(context).getDescription()).contains(
					"the only handler that names no server, bean 'nameless', cannot tell the servers", "'rest'",
					"'more'"));
	}

	@Test
	void aHandlerNeedsNoAnnotationToBeNamed() {
		this.runner.withBean("plain", StreamHandler.class, () -> (in, out, session) -> {
		})
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=plain")
			.run((context) -> assertThat(server(context, "other").spec().framing()).isEqualTo(Framing.raw()));
	}

	@Test
	void aHandlerCanBeNamedByAnAlias(CapturedOutput output) {
		this.runner.withUserConfiguration(AliasConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=loud")
			.run((context) -> {
				assertThat(server(context, "other").spec().handler().name()).isEqualTo("shout");
				assertThat(output).doesNotContain("serves no server");
			});
	}

	@Test
	void anAliasDoesNotHideWhomAHandlerIsFor() {
		this.runner.withUserConfiguration(AliasConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=peer")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.other.handler is 'peer': the bean of that name is annotated with "
						+ "@SocketClientHandler, and serves clients only"));
	}

	@Test
	void aHandlerMayBeInAParentContext() {
		new ApplicationContextRunner().withUserConfiguration(AliasConfiguration.class)
			.run((parent) -> this.runner.withParent(parent)
				.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=loud")
				.run((context) -> assertThat(server(context, "other").state()).isEqualTo(ServerState.RUNNING)));
	}

	@Test
	void aHandlerOfBytesNeedsAFraming() {
		ApplicationContextRunner bytes = this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.bytes.port=0");
		bytes.run((context) -> assertThat(analysis(context).getDescription())
			.startsWith("Property socket.servers.bytes.framing is not set: it is required for a handler of bytes"));
		bytes.withPropertyValues("socket.servers.bytes.framing=length-field")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aHandlerThatDoesNotSayWhatItReadsFailsTheStart() {
		this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.raw.port=0", "socket.servers.raw.handler=untyped")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).contains("socket.servers.raw.handler", "bean 'untyped' (method ",
						"FormsConfiguration.untyped()) does not declare what it reads");
				assertThat(analysis.getAction()).contains("Function<String, String>");
			});
	}

	@Test
	void payloadsOfOtherTypesFailTheStartWithoutJackson() {
		ApplicationContextRunner forms = this.runner.withUserConfiguration(FormsConfiguration.class)
			.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.withPropertyValues("socket.servers.raw.port=0");
		forms.withPropertyValues("socket.servers.raw.handler=numbers").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.contains("numbers()) reads java.lang.Integer, for which there is no converter");
			assertThat(analysis.getAction()).contains("add Jackson, for example spring-boot-starter-jackson");
		});
		forms.withPropertyValues("socket.servers.raw.handler=lengths")
			.run((context) -> assertThat(analysis(context).getDescription())
				.contains("lengths()) replies with java.lang.Integer, which cannot be sent"));
	}

	@SocketHandler("sums")
	static class TwoMessages {

		@OnMessage
		void on(String text) {
		}

		@OnMessage
		void on(byte[] bytes) {
		}

	}

	@SocketHandler("sums")
	static class Unfit {

		@OnMessage
		void on(String text, Thread thread) {
		}

	}

	@SocketHandler("sums")
	static class NoForm {

	}

	private static SocketServer server(AssertableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherUpperConfiguration {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> another() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherGaugeConfiguration {

		@Bean
		@SocketHandler("gauge")
		UnaryOperator<String> second() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamelessConfiguration {

		@Bean
		@SocketHandler
		UnaryOperator<String> nameless() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AliasConfiguration {

		@Bean({ "shout", "loud" })
		@SocketHandler
		UnaryOperator<String> shout() {
			return (line) -> line + "!";
		}

		@Bean({ "reply", "peer" })
		@SocketClientHandler
		Consumer<String> reply() {
			return (line) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FormsConfiguration {

		@Bean
		@SocketHandler("talk")
		StreamHandler talk() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		@SocketHandler({ "gauge", "${unset:meters}" })
		Meter meter() {
			return new Meter();
		}

		@Bean
		@SocketHandler("bytes")
		Consumer<byte[]> bytes() {
			return (bytes) -> {
			};
		}

		@Bean
		Function<?, ?> untyped() {
			return (input) -> input;
		}

		@Bean
		Function<Integer, String> numbers() {
			return String::valueOf;
		}

		@Bean
		Function<CharSequence, Integer> lengths() {
			return CharSequence::length;
		}

	}

	static class Meter implements ConnectionHandler<Long> {

		@Override
		public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			return 0L;
		}

	}

}
