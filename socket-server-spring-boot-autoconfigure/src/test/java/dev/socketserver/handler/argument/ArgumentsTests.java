package dev.socketserver.handler.argument;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.Identity;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionAttribute;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.IdentityMissingException;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.peer.Closings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.annotation.AuthenticationPrincipal;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

/** What annotated methods of handlers are given, over real sockets. */
@Tag("virtual-threads")
class ArgumentsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.args=one,two",
				"socket.servers.it.handler=handler", "socket.servers.it.framing.type=line");

	@Test
	void allArgumentsAreFilledInAnyOrder() {
		with(Everything.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				Instant before = Instant.now();
				assertThat(peer.ask("login")).isEqualTo("it-1 [one, two] login null Optional.empty");
				assertThat(peer.ask("hello")).isEqualTo("it-1 [one, two] hello anna Optional[anna]");
				Everything handler = context.getBean(Everything.class);
				assertThat(handler.received).isBetween(before, Instant.now());
				assertThat(handler.message.payload()).isEqualTo("hello");
				assertThat(handler.message.key()).isNull();
				assertThat(handler.message.receivedAt()).isEqualTo(handler.received);
				assertThat(handler.message.session().id()).isEqualTo("it-1");
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "auto, byte[]", "text, String", "json, Integer" })
	void aMessageWithoutAPayloadParameterIsWhatThePropertySays(String payload, String type) {
		with(OnlyMessage.class).withPropertyValues("socket.servers.it.payload=" + payload).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("12")).contains(type);
			}
		});
	}

	@Test
	void identitiesMayBeMissing() {
		with(Identities.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("hello")).isEqualTo("missing meter");
				assertThat(peer.ask("hello")).isEqualTo("m7 and m7, Optional[m7], null, Optional.empty");
			}
			Identities handler = context.getBean(Identities.class);
			assertThat(Patience.next(handler.closed)).isEqualTo("m7 PEER_CLOSED");
		});
	}

	@Test
	void withoutAnErrorMethodAMissingIdentityClosesTheSession() {
		with(IdentityOnly.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("hello\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).isInstanceOf(IdentityMissingException.class).hasMessageContaining("'meter'");
		});
	}

	@Test
	void attributesMayBeMissingOrOfAnotherType() {
		with(Attributes.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("hello")).isEqualTo("The session has no attribute 'tariff'");
				assertThat(peer.ask("hello")).isEqualTo("7 Optional[7] null Optional.empty");
				assertThat(peer.ask("spoil")).isEqualTo("7 Optional[7] null Optional.empty");
				assertThat(peer.ask("hello")).isEqualTo(
						"The attribute 'tariff' of the session is of type java.lang.String, not of java.lang.Integer");
			}
		});
	}

	@Test
	void theAuthenticatedPrincipalIsWhatTheAuthenticationSays() {
		with(Authenticated.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("hello")).isEqualTo("null Optional.empty null");
				assertThat(peer.ask("hello")).isEqualTo("anna Optional[anna] null");
			}
		});
	}

	@Test
	void anExpressionForThePrincipalFailsTheStart() {
		with(WithExpression.class).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).contains("WithExpression.on(String, String): parameter 2",
					"@AuthenticationPrincipal with an expression");
			assertThat(failure.remedy()).contains("Remove the expression");
		});
	}

	@Test
	void anIdentityIsText() {
		with(NumberAsIdentity.class).run((context) -> assertThat(failure(context).description())
			.contains("NumberAsIdentity.on(String, int): parameter 2 (int number) is annotated with @Identity"));
	}

	@Test
	void whatNobodySupportsFailsTheStartAndListsWhatWould() {
		with(Unsupported.class).run((context) -> {
			InvalidSocketPropertyException failure = failure(context);
			assertThat(failure.description()).contains("Unsupported.on(Tenant): parameter 1");
			assertThat(failure.remedy()).contains("SocketSession", "List<String> for the args", "Principal",
					"@Identity", "@SessionAttribute", "SocketArgumentResolver");
		});
	}

	@Test
	void resolversAreAskedInTheirOrderAndBeforeWhatIsBuiltIn() {
		with(Resolved.class).withBean(SecondResolver.class).withBean(FirstResolver.class).run((context) -> {
			Resolved handler = context.getBean(Resolved.class);
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("a"))
					.isEqualTo("first of tenant and a, Optional[first of within and a], resolver's");
				assertThat(peer.ask("fail")).isEqualTo("failed: the resolver failed, first of tenant and null");
			}
			assertThat(Patience.next(handler.calls)).isEqualTo("opened first of tenant and null");
			assertThat(Patience.next(handler.calls)).isEqualTo("closed first of tenant and null");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void aResolverThatThrowsIsAFailureOfTheHandler(boolean answered) {
		with(answered ? Resolved.class : ResolvedOnly.class).withBean(FirstResolver.class)
			.withBean(SecondResolver.class)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					String reply = peer.send("fail\n").read();
					assertThat(reply)
						.isEqualTo(answered ? "failed: the resolver failed, first of tenant and null" : null);
				}
				assertThat(context.getBean(Closings.class).next().reason())
					.isEqualTo(answered ? CloseReason.PEER_CLOSED : CloseReason.HANDLER_ERROR);
			});
	}

	@Test
	void annotationsOfAnInterfaceAndOnesOfTheirOwnCount() {
		with(Inheriting.class).run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("a")).isEqualTo("a m7 m7");
			}
		});
	}

	private ApplicationContextRunner with(Class<?> handler) {
		return this.runner.withBean("handler", handler);
	}

	static class Everything {

		private volatile Instant received = Instant.MIN;

		private volatile SocketMessage message = new SocketMessage(null, null, Instant.MIN, null);

		@OnMessage
		String on(Principal principal, Optional<Principal> again, List<String> args, Instant received,
				SocketMessage message, String text, SocketSession session) {
			this.received = received;
			this.message = message;
			if (text.equals("login")) {
				session.authenticate(() -> "anna");
			}
			return "%s %s %s %s %s".formatted(session.id(), args, text,
					(principal != null) ? principal.getName() : "null", again.map(Principal::getName));
		}

	}

	static class OnlyMessage {

		@OnMessage
		String on(SocketMessage message) {
			Object payload = message.payload();
			return (payload instanceof byte[] bytes) ? "byte[] " + new String(bytes, StandardCharsets.UTF_8)
					: payload.getClass().getSimpleName();
		}

	}

	static class Identities {

		private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

		@OnMessage
		String on(@Identity("meter") String meter, String text, @Identity("meter") Optional<String> same,
				@Identity("user") @Nullable String user, @Identity("user") Optional<String> none) {
			return "%s and %s, %s, %s, %s".formatted(meter, meter, same, user, none);
		}

		@OnError
		String failed(IdentityMissingException failure, SocketSession session) {
			session.bind("meter", "m7");
			return "missing " + failure.type();
		}

		@OnClose
		void closed(@Identity("meter") String meter, CloseStatus status) {
			this.closed.add(meter + " " + status.reason());
		}

	}

	static class IdentityOnly {

		@OnMessage
		String on(String text, @Identity("meter") String meter) {
			return meter;
		}

	}

	static class Attributes {

		@OnMessage
		String on(@SessionAttribute("tariff") int tariff, @SessionAttribute("tariff") Optional<Integer> same,
				@SessionAttribute("none") @Nullable String none, @SessionAttribute("none") Optional<String> neither,
				String text, SocketSession session) {
			if (text.equals("spoil")) {
				session.attributes().put("tariff", "high");
			}
			return "%s %s %s %s".formatted(tariff, same, none, neither);
		}

		@OnError
		String failed(IllegalStateException failure, SocketSession session) {
			session.attributes().putIfAbsent("tariff", 7);
			return failure.getMessage();
		}

	}

	static class Authenticated {

		@OnMessage
		String on(String text, @AuthenticationPrincipal String name, @AuthenticationPrincipal Optional<String> same,
				@AuthenticationPrincipal Integer other, SocketSession session) {
			session.authenticate(new TestingAuthenticationToken("anna", "secret"));
			return "%s %s %s".formatted(name, same, other);
		}

	}

	static class WithExpression {

		@OnMessage
		void on(String text, @AuthenticationPrincipal(expression = "name") String name) {
		}

	}

	static class NumberAsIdentity {

		@OnMessage
		void on(String text, @Identity("meter") int number) {
		}

	}

	static class Unsupported {

		@OnOpen
		void on(Tenant tenant) {
		}

		@OnMessage
		void on(String text) {
		}

	}

	record Tenant(String name) {

	}

	record Within(String name) {

	}

	@Order(1)
	static class FirstResolver implements SocketArgumentResolver {

		@Override
		public boolean supports(MethodParameter parameter) {
			return parameter.getParameterType() == Tenant.class || parameter.getParameterType() == Within.class;
		}

		@Override
		public Object resolve(MethodParameter parameter, SocketMessage message) {
			if ("fail".equals(message.payload())) {
				throw new UnsupportedOperationException("the resolver failed");
			}
			String name = "first of %s and %s".formatted(parameter.getParameterName(), message.payload());
			return (parameter.getParameterType() == Tenant.class) ? new Tenant(name) : name;
		}

	}

	@Order(2)
	static class SecondResolver implements SocketArgumentResolver {

		@Override
		public boolean supports(MethodParameter parameter) {
			return parameter.getParameterType() == Tenant.class || parameter.getParameterType() == Principal.class;
		}

		@Override
		public Object resolve(MethodParameter parameter, SocketMessage message) {
			return (Principal) () -> "resolver's";
		}

	}

	static class Resolved {

		private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

		@OnOpen
		void opened(Tenant tenant) {
			this.calls.add("opened " + tenant.name());
		}

		@OnMessage
		String on(Tenant tenant, String text, Optional<Within> within, Principal principal) {
			return tenant.name() + ", " + within + ", " + principal.getName();
		}

		@OnError
		String failed(UnsupportedOperationException failure, Tenant tenant) {
			return "failed: " + failure.getMessage() + ", " + tenant.name();
		}

		@OnClose
		void closed(Tenant tenant) {
			this.calls.add("closed " + tenant.name());
		}

	}

	static class ResolvedOnly {

		@OnMessage
		String on(Tenant tenant, String text) {
			return text;
		}

	}

	@Identity("meter")
	@Retention(RetentionPolicy.RUNTIME)
	@interface Meter {

	}

	interface Service {

		@OnMessage
		String on(String text, @Identity("meter") String meter, String same);

	}

	static class Inheriting implements Service {

		@OnOpen
		void opened(SocketSession session) {
			session.bind("meter", "m7");
		}

		@Override
		public String on(String text, String meter, @Meter String same) {
			return text + " " + meter + " " + same;
		}

		@SessionDetails
		Map<String, ?> details(@Meter String meter, SocketSession session) {
			return Map.of("meter", meter);
		}

	}

}
