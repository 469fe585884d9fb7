package dev.socketserver.autoconfigure.spec;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class HeartbeatPropertiesTests {

	private static final String UPPER = "socket.servers.upper.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues(UPPER + "port=0", UPPER + "start.auto=false");

	private final ApplicationContextRunner frames = this.runner.withPropertyValues(UPPER + "framing=length-field");

	@Test
	void thereAreNoneUnlessAskedFor() {
		this.frames.run((context) -> assertThat(spec(context).session().heartbeat()).isNull());
	}

	@Test
	void timeoutIsFourPeriodsUnlessItIsGiven() {
		this.frames.withPropertyValues(UPPER + "heartbeat.period=5000")
			.run((context) -> assertThat(spec(context).session().heartbeat())
				.isEqualTo(new Heartbeat(Duration.ofSeconds(5), Duration.ofSeconds(20))));
		this.frames.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "heartbeat.timeout=12s")
			.run((context) -> assertThat(spec(context).session().heartbeat())
				.isEqualTo(new Heartbeat(Duration.ofSeconds(5), Duration.ofSeconds(12))));
	}

	@Test
	void serversInheritThem() {
		ApplicationContextRunner shared = this.frames.withPropertyValues("socket.server-defaults.heartbeat.period=5s",
				"socket.server-defaults.heartbeat.timeout=12s");
		shared.run((context) -> assertThat(spec(context).session().heartbeat())
			.isEqualTo(new Heartbeat(Duration.ofSeconds(5), Duration.ofSeconds(12))));
		shared.withPropertyValues(UPPER + "heartbeat.period=0")
			.run((context) -> assertThat(spec(context).session().heartbeat()).isNull());
	}

	@Test
	void timeoutThatHeartbeatsInTimeWouldMissFailsTheStart() {
		this.frames.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "heartbeat.timeout=5s")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.servers.upper.heartbeat.timeout", "must be longer than heartbeat.period, 5000 ms"));
		this.frames.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "heartbeat.timeout=0")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.servers.upper.heartbeat.timeout", "must be longer"));
		this.frames.withPropertyValues("socket.server-defaults.heartbeat.period=1ms")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.server-defaults.heartbeat.period", "at least 10 milliseconds"));
		this.frames.withPropertyValues("socket.server-defaults.heartbeat.period=-9223372036854775807s")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.server-defaults.heartbeat.period", "at least 10 milliseconds"));
	}

	@Test
	void framingWithoutEmptyFramesFailsTheStart() {
		this.runner.withPropertyValues(UPPER + "heartbeat.period=5s")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.servers.upper.heartbeat.period", "framing 'line' is no length-field"));
		this.runner
			.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "framing.type=length-field",
					UPPER + "framing.zero=echo")
			.run((context) -> assertThat(failure(context).getMessage())
				.contains("socket.servers.upper.heartbeat.period", "zero: echo"));
		this.runner
			.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "framing.type=length-field",
					UPPER + "framing.zero=ignore")
			.run((context) -> assertThat(spec(context).session().heartbeat()).isNotNull());
	}

	@Test
	void emptyFarewellIsNone() {
		this.frames.withPropertyValues(UPPER + "heartbeat.period=5s", UPPER + "farewell=")
			.run((context) -> assertThat(spec(context).farewell()).isNull());
	}

	@Test
	void timeoutWithoutPeriodIsWarnedAbout(CapturedOutput output) {
		this.frames.withPropertyValues(UPPER + "heartbeat.timeout=12s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Property socket.servers.upper.heartbeat.timeout has no effect: heartbeat.period is off");
	}

	@Test
	void exampleSendsZeros() {
		ApplicationContextRunner example = this.runner.withInitializer((context) -> {
			try {
				new YamlPropertySourceLoader().load("heartbeats", new ClassPathResource("heartbeats.yml"))
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}).withPropertyValues("socket.servers.frames.port=0");
		example.run(
				(context) -> assertThat(context.getBean(SocketServers.class).get("frames").spec().session().heartbeat())
					.isEqualTo(Heartbeat.of(Duration.ofSeconds(5))));
		example.withPropertyValues("socket.servers.frames.heartbeat.period=200ms").run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get("frames");
			// A server that has stood still for four periods may cut before it reads.
			Patience.undisturbed(Duration.ofMillis(200), () -> {
				long before = System.nanoTime();
				try (Socket socket = new Socket("127.0.0.1", server.localAddress().getPort())) {
					socket.setSoTimeout(Patience.millis());
					socket.getOutputStream().write(new byte[] { 0, 0, 0, 0, 0, 0, 0, 2, 'h', 'i' });
					DataInputStream in = new DataInputStream(socket.getInputStream());
					int length = in.readInt();
					while (length == 0) {
						// One was due before the message.
						length = in.readInt();
					}
					assertThat(in.readNBytes(length)).containsExactly('H', 'I');
					assertThat(in.readInt()).isZero();
				}
				assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
			});
		});
	}

	private static ServerSpec spec(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper").spec();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpperHandler.class)
	static class Handlers {

		@Bean
		@SocketHandler("frames")
		UnaryOperator<String> frames() {
			return String::toUpperCase;
		}

	}

}
