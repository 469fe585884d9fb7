package dev.socketserver.demo;

import java.time.Instant;
import java.util.Optional;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.Identity;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SessionAttribute;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.handler.IdentityMissingException;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;

import static org.assertj.core.api.Assertions.assertThat;

/** The examples of several methods for messages, and of their arguments. */
@Tag("virtual-threads")
@SocketServerTest(classes = DispatchExamplesTests.Handlers.class,
		properties = { "spring.config.name=dispatch", "socket.servers.meters.port=0" })
class DispatchExamplesTests {

	@SocketConnection("meters")
	private SocketTestClient meters;

	@Test
	void eachTypeOfMessageHasAMethod() {
		assertThat(this.meters.ask("{\"type\":\"data\",\"value\":7}")).isEqualTo("log in first");
		assertThat(this.meters.ask("{\"type\":\"login\",\"meter\":\"m7\"}")).isEqualTo("{\"result\":\"welcome\"}");
		assertThat(this.meters.ask("{\"type\":\"data\",\"value\":7}")).isEqualTo("{\"result\":\"m7 normal 7 Europe\"}");
		assertThat(this.meters.ask("{\"type\":\"reset\"}")).isEqualTo("what is reset?");
		assertThat(this.meters.ask("hello")).isEqualTo("what is null?");
	}

	record Login(String meter) {

	}

	record Reading(int value) {

	}

	record Ack(String result) {

	}

	record Region(String name) {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Meters.class)
	static class Handlers {

		@Bean
		SocketArgumentResolver regions() {
			return new RegionResolver();
		}

	}

	@SocketHandler("meters")
	static class Meters {

		@OnMessage("login")
		Ack login(Login login, SocketSession session) {
			session.bind("meter", login.meter());
			return new Ack("welcome");
		}

		@OnMessage("data")
		Ack data(Reading reading, @Identity("meter") String meter, @SessionAttribute("tariff") Optional<String> tariff,
				Region region, Instant receivedAt) {
			return new Ack("%s %s %s %s".formatted(meter, tariff.orElse("normal"), reading.value(), region.name()));
		}

		@OnError
		String unknown(UnmappedMessageException failure) {
			return "what is " + failure.key() + "?";
		}

		@OnError
		String unknown(IdentityMissingException failure) {
			return "log in first";
		}

	}

	static class RegionResolver implements SocketArgumentResolver {

		@Override
		public boolean supports(MethodParameter parameter) {
			return parameter.getParameterType() == Region.class;
		}

		@Override
		public Object resolve(MethodParameter parameter, SocketMessage message) {
			return new Region("Europe");
		}

	}

}
