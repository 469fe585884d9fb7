package dev.socketserver.autoconfigure.lifecycle;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.event.SocketServerAlarmEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what an application is notified of and logs of its servers.
 */
class AlarmAndLogTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("socket.servers.logging.port=0");

	@Test
	void nearlyTooManySessionsAreAnEvent() {
		this.runner
			.withPropertyValues("socket.server-defaults.limits.alarm=50%", "socket.servers.logging.limits.sessions=4")
			.run((context) -> {
				SocketServer server = context.getBean(SocketServers.class).get("logging");
				assertThat(server.spec().limits().alarm()).isEqualTo(50);
				try (TestPeer one = TestPeer.connect(server.localAddress());
						TestPeer two = TestPeer.connect(server.localAddress())) {
					assertThat(List.of(one.ask("x"), two.ask("x"))).containsOnly("x");
					SocketServerAlarmEvent alarm = Patience.next(context.getBean(Application.class).alarms);
					assertThat(alarm.kind()).isEqualTo(Alarm.Kind.SESSIONS);
					assertThat(alarm.server()).isSameAs(server);
					assertThat(alarm.detail()).isEqualTo("2 of 4 sessions (limits.sessions) are open");
				}
			});
	}

	@Test
	void theMarkIsFourFifthsUnlessItIsSet() {
		this.runner
			.run((context) -> assertThat(context.getBean(SocketServers.class).get("logging").spec().limits().alarm())
				.isEqualTo(80));
		this.runner.withPropertyValues("socket.servers.logging.limits.alarm=0")
			.run((context) -> assertThat(context.getBean(SocketServers.class).get("logging").spec().limits().alarm())
				.isZero());
	}

	@Test
	void theEndpointOfPropertiesShowsTheMark() {
		this.runner
			.withBean(ConfigurationPropertiesReportEndpoint.class,
					() -> new ConfigurationPropertiesReportEndpoint(List.of(), Show.ALWAYS))
			.withPropertyValues("socket.servers.logging.limits.alarm=70")
			.run((context) -> assertThat(context.getBean(ConfigurationPropertiesReportEndpoint.class)
				.configurationPropertiesWithPrefix("socket")
				.getContexts()
				.values())
				.singleElement()
				.extracting(
						(reported) -> String.valueOf(reported.getBeans().values().iterator().next().getProperties()),
						InstanceOfAssertFactories.STRING)
				.contains("limits={alarm=70%}"));
	}

	@ParameterizedTest
	@CsvSource({ "ecs,/socket/server,/socket/session", "logstash,/socket.server,/socket.session" })
	void structuredLogLinesNameServerAndSession(String format, String server, String session) {
		Logger logger = (Logger) LoggerFactory.getLogger(Application.class);
		JsonLines lines = new JsonLines(logger.getLoggerContext(), format);
		logger.addAppender(lines);
		try {
			this.runner.run((context) -> {
				SocketServer logging = context.getBean(SocketServers.class).get("logging");
				try (TestPeer peer = TestPeer.connect(logging.localAddress())) {
					peer.ask("hello");
				}
				JsonNode line = JsonMapper.shared().readTree(lines.next());
				assertThat(line.path("message").asString()).isEqualTo("asked for 5 characters");
				assertThat(line.at(server).asString()).as("%s", line).isEqualTo("logging");
				assertThat(line.at(session).asString()).as("%s", line).isEqualTo("logging-1");
			});
		}
		finally {
			logger.detachAppender(lines);
		}
	}

	/** Writes lines as Boot does with {@code logging.structured.format.console}. */
	private static final class JsonLines extends AppenderBase<ILoggingEvent> {

		private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();

		private final StructuredLogEncoder encoder = new StructuredLogEncoder();

		JsonLines(LoggerContext context, String format) {
			Object before = context.getObject(Environment.class.getName());
			context.putObject(Environment.class.getName(), new MockEnvironment());
			setContext(context);
			this.encoder.setContext(context);
			this.encoder.setFormat(format);
			this.encoder.start();
			if (before != null) {
				context.putObject(Environment.class.getName(), before);
			}
			start();
		}

		@Override
		protected void append(ILoggingEvent event) {
			this.lines.add(this.encoder.encode(event));
		}

		byte[] next() throws InterruptedException {
			return Patience.next(this.lines);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private final BlockingQueue<SocketServerAlarmEvent> alarms = new LinkedBlockingQueue<>();

		@EventListener
		void received(SocketServerAlarmEvent alarm) {
			this.alarms.add(alarm);
		}

		@Bean
		@SocketHandler("logging")
		UnaryOperator<String> logging() {
			return (line) -> {
				LoggerFactory.getLogger(Application.class).info("asked for {} characters", line.length());
				return line;
			};
		}

	}

}
