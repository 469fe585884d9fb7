package dev.socketserver.autoconfigure.handler;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.framing.Framing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which beans handle what clients receive. None of them connects.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientHandlerBeansTests {

	private static final String PLANT = "socket.clients.plant.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner plant = this.runner.withPropertyValues(PLANT + "port=7100",
			PLANT + "start.auto=false");

	@ParameterizedTest
	@CsvSource({ "line, auto, String", "line, text, String", "line, bytes, byte[]", "raw, auto, byte[]",
			"length-field, auto, String", "length-field, bytes, byte[]", "line, json, Object" })
	void byHandPayloadsAreWhatThePropertiesSay(String framing, String payload, String type) {
		this.plant.withPropertyValues(PLANT + "framing=" + framing, PLANT + "payload=" + payload)
			.run((context) -> assertThat(spec(context).session().handler().input().type().getSimpleName())
				.isEqualTo(type));
	}

	@Test
	void byHandTextIsReadInTheCharset() {
		this.plant.withPropertyValues(PLANT + "charset=ISO-8859-1")
			.run((context) -> assertThat(
					spec(context).session().handler().input().read(new byte[] { (byte) 0xE4 }, 0, 1))
				.isEqualTo("ä"));
	}

	@Test
	void rawFramingHasNoWholeTexts() {
		this.plant.withPropertyValues(PLANT + "framing=raw", PLANT + "payload=text")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.clients.plant.framing is 'raw': it has no boundaries"));
	}

	@Test
	void anAnnotatedHandlerServesTheClientsThatItNames() {
		this.runner.withUserConfiguration(Handlers.class, Plants.class)
			.withPropertyValues("socket.clients.north.port=1", "socket.clients.north.start.auto=false",
					"socket.clients.south.port=2", "socket.clients.south.start.auto=false",
					"socket.clients.hand.port=2", "socket.clients.hand.start.auto=false")
			.run((context) -> {
				assertThat(handler(context, "north").name()).isEqualTo("plants");
				assertThat(handler(context, "south").name()).isEqualTo("plants");
				SocketClient hand = context.getBean(SocketClients.class).get("hand");
				assertThat(hand.spec().byHand()).isTrue();
			});
	}

	@Test
	void aHandlerWithoutNameServesTheOneClientThatNamesNone() {
		ApplicationContextRunner nameless = this.plant.withUserConfiguration(Nameless.class);
		nameless.run((context) -> assertThat(handler(context, "plant").name()).isEqualTo("nameless"));
		nameless
			.withPropertyValues("socket.clients.other.port=1", "socket.clients.other.handler=nameless",
					"socket.clients.other.start.auto=false")
			.run((context) -> assertThat(spec(context).byHand()).isTrue());
		nameless.withPropertyValues("socket.clients.other.port=1").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).contains(
					"the only handler that names no client, bean 'nameless', cannot tell the clients", "'plant'",
					"'other'");
			assertThat(analysis.getAction()).contains("@SocketClientHandler(");
		});
	}

	@Test
	void severalHandlersForOneClientFailTheStart() {
		this.runner.withUserConfiguration(Plants.class, AnotherPlants.class)
			.withPropertyValues("socket.clients.north.port=1")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.clients.north.handler is not set: client 'north' has several handlers, "
						+ "the beans 'plants' and 'another'."));
	}

	@Test
	void eachSideHasItsOwnHandlers(CapturedOutput output) {
		this.runner.withUserConfiguration(Handlers.class, UpperClient.class)
			.withPropertyValues("socket.servers.upper.port=0", "socket.clients.upper.port=1",
					"socket.clients.upper.start.auto=false", "socket.clients.lines.port=1",
					"socket.clients.lines.start.auto=false")
			.run((context) -> {
				assertThat(context.getBean(SocketServers.class).get("upper").spec().handler().name())
					.isEqualTo("upper");
				assertThat(handler(context, "upper").name()).isEqualTo("upperClient");
			});
		assertThat(output).doesNotContain("Handler bean");
	}

	@Test
	void aHandlerOfClientsIsNoneOfServers() {
		this.runner.withUserConfiguration(UpperClient.class)
			.withPropertyValues("socket.servers.upper.port=0")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription())
					.isEqualTo("Property socket.servers.upper.handler is not set: server 'upper' has no handler; bean "
							+ "'upperClient' is annotated with @SocketClientHandler(\"upper\"), and serves clients "
							+ "only.");
				assertThat(analysis.getAction()).startsWith("Annotate a bean with @SocketHandler(\"upper\")");
			});
		this.runner.withUserConfiguration(UpperClient.class)
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.handler=upperClient")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.upper.handler is 'upperClient': the bean of that name is annotated "
						+ "with @SocketClientHandler, and serves clients only."));
		this.runner.withUserConfiguration(Nameless.class)
			.withPropertyValues("socket.servers.upper.port=0")
			.run((context) -> assertThat(analysis(context).getDescription()).contains("server 'upper' has no handler"));
	}

	@Test
	void aBeanMayServeBothSides() {
		this.runner.withUserConfiguration(BothSides.class)
			.withPropertyValues("socket.servers.near.port=0", "socket.clients.far.port=1",
					"socket.clients.far.start.auto=false")
			.run((context) -> {
				assertThat(handler(context, "far").name()).isEqualTo("both");
				assertThat(context.getBean(SocketServers.class).get("near").spec().handler().name()).isEqualTo("both");
			});
	}

	@Test
	void aHandlerOfServersWhoseNameIsAClientsIsAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.clients.upper.port=1", "socket.clients.upper.start.auto=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Handler bean 'upper' serves 'upper', but there is no server of that name (there "
				+ "is a client of that name, which @SocketClientHandler(\"upper\") would serve)");
	}

	@Test
	void aHandlerWithoutClientIsAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperClient.class, Nameless.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Handler bean 'upperClient' serves 'upper', but there is no client of that name (there are no "
					+ "clients): set socket.clients.upper.port, or change the name")
			.contains("Handler bean 'nameless' serves no client (there are no clients): name one in its "
					+ "@SocketClientHandler annotation, or set socket.clients.<name>.handler to 'nameless'");
	}

	@Test
	void builtInHandlersServeClientsToo() {
		this.plant.withPropertyValues(PLANT + "handler=discard").run((context) -> {
			assertThat(handler(context, "plant").name()).isEqualTo("discard");
			assertThat(spec(context).session().framing()).isEqualTo(Framing.raw());
		});
	}

	private static ClientSpec spec(AssertableApplicationContext context) {
		return context.getBean(SocketClients.class).get("plant").spec();
	}

	private static ServerHandler handler(AssertableApplicationContext context, String client) {
		return context.getBean(SocketClients.class).get(client).spec().session().handler();
	}

	@Configuration(proxyBeanMethods = false)
	static class Plants {

		@Bean
		@SocketClientHandler({ "north", "south" })
		Consumer<String> plants() {
			return (line) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherPlants {

		@Bean
		@SocketClientHandler("north")
		Consumer<String> another() {
			return (line) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nameless {

		@Bean
		@SocketClientHandler
		Consumer<String> nameless() {
			return (line) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UpperClient {

		@Bean
		@SocketClientHandler("upper")
		Consumer<String> upperClient() {
			return (line) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BothSides {

		@Bean
		@SocketHandler("near")
		@SocketClientHandler("far")
		UnaryOperator<String> both() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpperHandler.class)
	static class Handlers {

		@Bean
		@SocketClientHandler("lines")
		Consumer<String> lines() {
			return (line) -> {
			};
		}

	}

}
