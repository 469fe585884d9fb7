package dev.socketserver.exchange;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.exchange.scanned.Scanned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is refused when the bean of an interface is made. */
class InvalidExchangesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withPropertyValues("socket.clients.plant.port=1", "socket.clients.plant.framing=line",
				"socket.clients.plant.start.auto=false");

	static List<Object[]> interfaces() {
		return List.of(new Object[] { NoAnnotation.class, "NoAnnotation.call has neither @Ask nor @Send" },
				new Object[] { Both.class, "Both.call has both @Ask and @Send" },
				new Object[] { SendReply.class, "SendReply.call returns java.lang.String, and @Send has no reply" },
				new Object[] { Unused.class, "Unused.call has the parameter 'b', which nothing uses" },
				new Object[] { SendTime.class, "SendTime.call has the parameter 'time', which nothing uses" },
				new Object[] { Unclosed.class, "Unclosed.call has a { without a }" },
				new Object[] { BadTime.class, "BadTime.call has the timeout 'soon', which is no duration" },
				new Object[] { NoTime.class, "NoTime.call has the timeout 0s: it must be positive" },
				new Object[] { Unknown.class,
						"Unknown.call names the parameter 'sensr' in its text, which it does not have; nearest: 'sensor'" },
				new Object[] { TwoPayloads.class, "TwoPayloads.call has 2 parameters that could be the payload" },
				new Object[] { NoPayload.class, "NoPayload.call has neither a text nor a parameter for the payload" },
				new Object[] { TwoTimes.class, "TwoTimes.call has two parameters of type Duration" },
				new Object[] { NamedTime.class, "NamedTime.call names the parameter 'time' in its text" },
				new Object[] { Several.class, "Several.call returns Flux, and there is one reply" },
				new Object[] { Bytes.class,
						"Bytes.call names the parameter 'value' in its text, and byte[] is no text" },
				new Object[] { String.class, "java.lang.String is no interface" });
	}

	@ParameterizedTest
	@MethodSource("interfaces")
	void interfaceThatCannotWorkIsRefused(Class<?> type, String message) {
		this.runner.run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			assertThatThrownBy(() -> exchanges.client("plant", type)).isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining(message);
		});
	}

	@Test
	void replyWithoutAConverterIsRefused() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson")).run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			assertThatThrownBy(() -> exchanges.client("plant", Unreadable.class))
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining(
						"Unreadable.call returns java.time.Duration, and client 'plant' has no converter");
		});
	}

	@Test
	void clientThatDoesNotExistFailsTheStartWithTheNearest() {
		this.runner.withUserConfiguration(Misnamed.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("Interface " + WrongClient.class.getName()
						+ " asks client 'plnt', which does not exist; nearest: 'plant'"));
	}

	@Test
	void interfaceWithoutAClientCannotBeImported() {
		this.runner.withUserConfiguration(Nameless.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining(NoClient.class.getName())
				.hasMessageContaining("names no client"));
	}

	@Test
	void mailboxNeedsItsModule() {
		this.runner.run((context) -> {
			SocketExchanges exchanges = context.getBean(SocketExchanges.class);
			assertThatThrownBy(() -> exchanges.mailbox("device", "1", NoClient.class))
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("socket-server-spring-boot-starter-mailbox");
		});
	}

	@Test
	void packageIsSearchedForInterfacesThatNameAClient() {
		this.runner.withUserConfiguration(Scanned.class).withPropertyValues("name.of.client=plant").run((context) -> {
			assertThat(context).hasSingleBean(Scanned.Named.class).doesNotHaveBean(Scanned.Unnamed.class);
			assertThat(context.getBean(Scanned.Named.class)).hasToString("Named of client 'plant'");
		});
	}

	interface NoAnnotation {

		String call(String value);

	}

	interface Both {

		@Ask
		@Send
		String call(String value);

	}

	interface SendReply {

		@Send
		String call(String value);

	}

	interface Unused {

		@Ask("{a}")
		String call(String a, String b);

	}

	interface SendTime {

		@Send("{a}")
		void call(String a, Duration time);

	}

	interface Unclosed {

		@Ask("READ {a")
		String call(String a);

	}

	interface BadTime {

		@Ask(timeout = "soon")
		String call(String a);

	}

	interface NoTime {

		@Ask(timeout = "0s")
		String call(String a);

	}

	interface Unknown {

		@Ask("READ {sensr}")
		String call(String sensor);

	}

	interface TwoPayloads {

		@Ask
		String call(String a, String b);

	}

	interface NoPayload {

		@Ask
		String call(Duration time);

	}

	interface TwoTimes {

		@Ask
		String call(String a, Duration one, Duration two);

	}

	interface NamedTime {

		@Ask("READ {time}")
		String call(Duration time);

	}

	interface Several {

		@Ask("READ")
		Flux<String> call();

	}

	interface Bytes {

		@Ask("READ {value}")
		String call(byte[] value);

	}

	interface Unreadable {

		@Ask
		CompletableFuture<Duration> call(String a);

	}

	@SocketExchange("plnt")
	interface WrongClient {

		@Ask("READ")
		String call();

	}

	@SocketExchange
	interface NoClient {

		@Send("STOP")
		void call();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportSocketExchanges(WrongClient.class)
	static class Misnamed {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportSocketExchanges(NoClient.class)
	static class Nameless {

	}

}
