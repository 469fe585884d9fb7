package dev.socketserver.handler.validation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.PayloadValidationException;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.io.ClassPathResource;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.OptionalValidatorFactoryBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Validation of payloads, with Hibernate Validator and over sockets.
 */
class PayloadValidationTests {

	private static final FilteredClassLoader WITHOUT_VALIDATOR = new FilteredClassLoader(
			FilteredClassLoader.PackageFilter.of("org.hibernate.validator"), FilteredClassLoader.ClassPathResourceFilter
				.of(new ClassPathResource("META-INF/services/jakarta.validation.spi.ValidationProvider")));

	/** How often a {@link Reading} was validated. */
	private static final AtomicInteger validations = new AtomicInteger();

	@RegisterExtension
	final LogLines warnings = new LogLines(Validations.class);

	@RegisterExtension
	final LogLines servers = new LogLines(SocketServer.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class, ValidationAutoConfiguration.class,
				JacksonAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	@BeforeEach
	void reset() {
		validations.set(0);
	}

	private ApplicationContextRunner with(String server, Class<?>... configuration) {
		return this.runner.withUserConfiguration(configuration)
			.withPropertyValues("socket.servers." + server + ".port=0", "socket.servers." + server + ".framing=line",
					"spring.validation.method.adapt-constraint-violations=" + server.endsWith("adapted"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "valid", "proxied", "adapted", "per-session" })
	void whatIsNotValidDoesNotReachTheMethod(String server) {
		with(server, Answering.class).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": 1}")).isEqualTo("a = 1");
				assertThat(peer.ask("{\"meter\": \"\", \"value\": -5}"))
					.isEqualTo("meter must not be blank; value must be greater than or equal to 0");
				assertThat(validations).as("once for each message").hasValue(2);
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": 2}")).isEqualTo("a = 2");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "valid", "proxied" })
	void whatNobodyAnswersClosesTheSession(String server) {
		with(server).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				peer.send("{\"meter\": \"a secret\", \"value\": -5}\n");
				assertThat(peer.read()).isNull();
			}
			closed(context, server, CloseReason.DECODE_ERROR);
			// It is counted before it is logged.
			await().untilAsserted(() -> assertThat(this.servers.messages(Level.WARN, server)).singleElement()
				.asString()
				.endsWith(": DECODE_ERROR, a payload is not valid: value")
				.doesNotContain("secret", "-5"));
		});
	}

	@ParameterizedTest
	@CsvSource({ "groups,-5,value must be greater than or equal to 0",
			"groups,200,value must be less than or equal to 100",
			"groups-of-proxied,200,value must be less than or equal to 100" })
	void theGroupsThatValidatedNamesCount(String server, int value, String expected) {
		with(server, Answering.class).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				String answer = peer.ask("{\"meter\": \"\", \"value\": " + value + "}");
				// The default group, to which the constraints of the meter belong, is not
				// among them.
				assertThat(answer).isEqualTo((value < 0) ? " = -5" : expected);
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "list|[{\"meter\": \"a\", \"value\": 1}, {\"meter\": \"a\", \"value\": -1}]|[1].value",
					"list-of-proxied|[{\"meter\": \"a\", \"value\": 1}, {\"meter\": \"a\", \"value\": -1}]|[1].value",
					"nested|{\"named\": {\"secret\": {\"meter\": \"a\", \"value\": -1}}, \"list\": []}|named[].value",
					"nested|{\"named\": {}, \"list\": [{\"meter\": \"a\", \"value\": -1}]}|list[0].value" })
	void pathsLeadToElementsAndHaveNoKeys(String server, String json, String path) {
		with(server, Answering.class).run((context) -> {
			try (TestPeer peer = peer(context, server)) {
				assertThat(peer.ask(json)).isEqualTo(path + " must be greater than or equal to 0");
			}
		});
	}

	@Test
	void aHandlerMayTakeTheMessageOrTheCause() {
		with("message").run((context) -> {
			try (TestPeer peer = peer(context, "message")) {
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": -1}")).isEqualTo("a: 1 violation");
			}
		});
		with("cause").run((context) -> {
			try (TestPeer peer = peer(context, "cause")) {
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": -1}")).isEqualTo("1 violation, by the cause");
			}
		});
		with("any-payload").run((context) -> {
			try (TestPeer peer = peer(context, "any-payload")) {
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": -1}")).isEqualTo("PayloadValidationException");
				assertThat(peer.ask("{")).isEqualTo("PayloadException");
			}
		});
	}

	@Test
	void violationsOfOtherBeansAreNotThoseOfThePayload() {
		with("inner").run((context) -> {
			try (TestPeer peer = peer(context, "inner")) {
				assertThat(peer.ask("{\"meter\": \"a\", \"value\": 1}")).isEqualTo("ConstraintViolationException");
			}
		});
	}

	@Test
	void aClientValidatesWhatItReceives() {
		this.runner.withUserConfiguration(Answering.class)
			.withPropertyValues("socket.servers.greeting.port=0", "socket.servers.greeting.framing=line",
					"socket.clients.validating.framing=line",
					"socket.clients.validating.port=${local.socket.greeting.port}")
			.run((context) -> {
				Greeting greeting = context.getBean(Greeting.class);
				await().untilAsserted(
						() -> assertThat(greeting.received).isEqualTo("value must be greater than or equal to 0"));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "valid", "groups" })
	void withoutAValidatorThereIsAWarning(String server) {
		// With a discriminator it is asked twice what methods there are.
		with(server).withPropertyValues("socket.servers." + server + ".discriminator=type")
			.withClassLoader(WITHOUT_VALIDATOR)
			.run((context) -> {
				try (TestPeer peer = peer(context, server)) {
					assertThat(peer.ask("{\"meter\": \"\", \"value\": -5}")).isEqualTo(" = -5");
				}
				assertThat(this.warnings.messages(Level.WARN)).singleElement()
					.asString()
					.startsWith("bean '" + server + "' (method ")
					.endsWith(
							": payloads are not validated, as there is no validator: add spring-boot-starter-validation");
			});
	}

	/**
	 * Boot has a validator for MVC and for WebFlux also where it can validate nothing.
	 */
	@Test
	void inAWebApplicationWithoutAValidatorThereIsAWarningToo() {
		// Type and class of the bean are those that MVC gives it.
		with("valid").withBean("mvcValidator", org.springframework.validation.Validator.class, WithoutProvider::new)
			.withClassLoader(WITHOUT_VALIDATOR)
			.run((context) -> {
				assertThat(context.getBean("mvcValidator")).isInstanceOf(Validator.class);
				try (TestPeer peer = peer(context, "valid")) {
					assertThat(peer.ask("{\"meter\": \"\", \"value\": -5}")).isEqualTo(" = -5");
				}
				assertThat(this.warnings.messages(Level.WARN)).singleElement()
					.asString()
					.endsWith("add spring-boot-starter-validation");
			});
	}

	/** The bean of MVC as it is where no provider is on the class path. */
	static class WithoutProvider extends OptionalValidatorFactoryBean {

		@Override
		public void afterPropertiesSet() {
			// It would find that of this test.
		}

	}

	@Test
	void aValidatorNeedsNoBean() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, JacksonAutoConfiguration.class))
			.withUserConfiguration(Handlers.class, Answering.class)
			.withPropertyValues("socket.servers.valid.port=0")
			.run((context) -> {
				try (TestPeer peer = peer(context, "valid")) {
					assertThat(peer.ask("{\"meter\": \"a\", \"value\": -5}"))
						.isEqualTo("value must be greater than or equal to 0");
				}
			});
	}

	@Test
	void withoutAnnotationsNothingIsValidated() {
		with("unasked").run((context) -> {
			try (TestPeer peer = peer(context, "unasked")) {
				assertThat(peer.ask("{\"meter\": \"\", \"value\": -5}")).isEqualTo(" = -5");
			}
			assertThat(validations).hasValue(0);
		});
	}

	@Test
	void whatElseAnAnnotationSaysIsNoGroup() {
		with("own").run((context) -> {
			try (TestPeer peer = peer(context, "own")) {
				assertThat(peer.ask("a")).isEqualTo("a");
			}
		});
	}

	private static TestPeer peer(ApplicationContext context, String server) {
		return TestPeer.connect(context.getBean(SocketServers.class).get(server).localAddress());
	}

	private static void closed(ApplicationContext context, String server, CloseReason reason) {
		SocketServer found = context.getBean(SocketServers.class).get(server);
		await().untilAsserted(() -> assertThat(found.statistics().closed()).containsOnlyKeys(reason));
	}

	interface Upper {

	}

	@Counted
	record Reading(@NotBlank String meter, @Min(0) @Max(value = 100, groups = Upper.class) int value) {

	}

	record Nested(Map<String, @Valid Reading> named, List<@Valid Reading> list) {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Constraint(validatedBy = CountedValidator.class)
	@interface Counted {

		String message() default "";

		Class<?>[] groups() default {};

		Class<? extends Payload>[] payload() default {};

	}

	public static class CountedValidator implements ConstraintValidator<Counted, Reading> {

		@Override
		public boolean isValid(@Nullable Reading reading, ConstraintValidatorContext context) {
			validations.incrementAndGet();
			return true;
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Constraint(validatedBy = {})
	@interface ValidFormat {

		String value();

		String message() default "";

		Class<?>[] groups() default {};

		Class<? extends Payload>[] payload() default {};

	}

	@SocketHandlerAdvice
	static class Answering {

		@OnError
		String invalid(PayloadValidationException failure) {
			assertThat(failure.getCause()).isNotNull();
			return String.join("; ",
					failure.violations().stream().map((found) -> found.path() + " " + found.message()).toList());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("valid")
		ValidHandler valid() {
			return new ValidHandler();
		}

		@Bean
		@SocketHandler("per-session")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		ValidHandler perSession() {
			return new ValidHandler();
		}

		@Bean
		@SocketHandler({ "proxied", "adapted" })
		ProxiedHandler proxied() {
			return new ProxiedHandler();
		}

		@Bean
		@SocketHandler("own")
		OwnConstraintHandler own() {
			return new OwnConstraintHandler();
		}

		@Bean
		@SocketHandler("groups")
		GroupsHandler groups() {
			return new GroupsHandler();
		}

		@Bean
		@SocketHandler("groups-of-proxied")
		ProxiedGroupsHandler groupsOfProxied() {
			return new ProxiedGroupsHandler();
		}

		@Bean
		@SocketHandler("list")
		ListHandler list() {
			return new ListHandler();
		}

		@Bean
		@SocketHandler("list-of-proxied")
		ProxiedListHandler listOfProxied() {
			return new ProxiedListHandler();
		}

		@Bean
		@SocketHandler("nested")
		NestedHandler nested() {
			return new NestedHandler();
		}

		@Bean
		@SocketHandler("message")
		MessageHandler message() {
			return new MessageHandler();
		}

		@Bean
		@SocketHandler("cause")
		CauseHandler cause() {
			return new CauseHandler();
		}

		@Bean
		@SocketHandler("any-payload")
		AnyPayloadHandler anyPayload() {
			return new AnyPayloadHandler();
		}

		@Bean
		@SocketHandler("inner")
		InnerHandler inner(Service service) {
			return new InnerHandler(service);
		}

		@Bean
		Service service() {
			return new Service();
		}

		@Bean
		@SocketHandler("unasked")
		UnaskedHandler unasked() {
			return new UnaskedHandler();
		}

		@Bean
		@SocketHandler("greeting")
		Greeting greeting() {
			return new Greeting();
		}

		@Bean
		@SocketClientHandler("validating")
		ValidHandler validating() {
			return new ValidHandler();
		}

	}

	static class ValidHandler {

		@OnMessage
		String reading(SocketSession session, @Valid Reading reading) {
			return reading.meter() + " = " + reading.value();
		}

	}

	static class OwnConstraintHandler {

		@OnMessage
		String line(@ValidFormat("x") String line) {
			return line;
		}

	}

	@Validated
	static class ProxiedHandler extends ValidHandler {

	}

	static class GroupsHandler {

		@OnMessage
		String reading(@Validated(Upper.class) Reading reading) {
			return reading.meter() + " = " + reading.value();
		}

	}

	@Validated
	static class ProxiedGroupsHandler extends GroupsHandler {

	}

	static class ListHandler {

		@OnMessage
		String readings(@Valid List<Reading> readings) {
			return readings.size() + " readings";
		}

	}

	@Validated
	static class ProxiedListHandler {

		@OnMessage
		String readings(List<@Valid Reading> readings) {
			return readings.size() + " readings";
		}

	}

	static class NestedHandler {

		@OnMessage
		String nested(@Valid Nested nested) {
			return "nested";
		}

	}

	static class MessageHandler extends ValidHandler {

		@OnError
		String invalid(PayloadValidationException failure, Reading reading) {
			return reading.meter() + ": " + failure.violations().size() + " violation";
		}

	}

	static class CauseHandler extends ValidHandler {

		@OnError
		String invalid(ConstraintViolationException failure) {
			return failure.getConstraintViolations().size() + " violation, by the cause";
		}

	}

	static class AnyPayloadHandler extends ValidHandler {

		@OnError
		String invalid(PayloadException failure) {
			return failure.getClass().getSimpleName();
		}

	}

	@Validated
	static class Service {

		void reading(SocketSession session, @Valid Reading reading) {
		}

	}

	@Validated
	static class InnerHandler {

		private final Service service;

		InnerHandler(Service service) {
			this.service = service;
		}

		@OnMessage
		String reading(SocketSession session, @Valid Reading reading) {
			this.service.reading(session, new Reading("", -1));
			return "never";
		}

		@OnError
		String failed(Exception failure) {
			return failure.getClass().getSimpleName();
		}

	}

	static class UnaskedHandler {

		@OnMessage
		String reading(Reading reading) {
			return reading.meter() + " = " + reading.value();
		}

	}

	static class Greeting {

		volatile @Nullable String received;

		@OnOpen
		String opened() {
			return "{\"meter\": \"a\", \"value\": -1}";
		}

		@OnMessage
		void message(String line) {
			this.received = line;
		}

	}

}
