package dev.socketserver.demo;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.event.SocketServerAlarmEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.observation.DefaultSocketMessageObservationConvention;
import dev.socketserver.observation.SocketMessageContext;
import dev.socketserver.observation.SocketMessageObservationConvention;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Observations, log context and alarms, as the documentation shows them.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, classes = MetricsTests.Application.class,
		properties = "spring.config.name=metrics")
@AutoConfigureMetrics
class MetricsTests {

	@SocketConnection("upper")
	private SocketTestClient client;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private Application application;

	@Test
	void messagesAreObserved() {
		this.client.send("hello").expect("HELLO IN upper");

		await().untilAsserted(() -> assertThat(this.meters.get("socket.server.message")
			.tags("server", "upper", "outcome", "SUCCESS", "team", "blue")
			.timer()
			.count()).isPositive());
		await().untilAsserted(() -> assertThat(this.meters.get("socket.server.handler")
			.tags("server", "upper", "outcome", "SUCCESS")
			.timer()
			.takeSnapshot()
			.percentileValues()).hasSize(2));
	}

	@Test
	void halfOfTheSessionsAreAnAlarm() {
		this.client.send("hello").expect("HELLO IN upper");

		assertThat(Patience.next(this.application.pager))
			.isEqualTo("upper: 1 of 2 sessions (limits.sessions) are open");
	}

	@Test
	void metersAreThinnedOut() {
		assertThat(this.meters.find("socket.server.sessions").tag("server", "upper").meters()).isNotEmpty();
		assertThat(this.meters.find("socket.server.requests").meters()).isEmpty();
		assertThat(this.meters.find("socket.server.tls.handshake").meters()).isEmpty();
		assertThat(this.meters.find("socket.server.sessions").tag("server", "debug").meters()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final BlockingQueue<String> pager = new LinkedBlockingQueue<>();

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return (line) -> line.toUpperCase() + " IN " + MDC.get("socket.server");
		}

		@Bean
		SocketMessageObservationConvention convention() {
			return new DefaultSocketMessageObservationConvention() {

				@Override
				public KeyValues getLowCardinalityKeyValues(SocketMessageContext context) {
					return super.getLowCardinalityKeyValues(context).and("team", "blue");
				}

			};
		}

		@Bean
		MeterFilter noMetersOfDebug() {
			return MeterFilter.deny((meter) -> "debug".equals(meter.getTag("server")));
		}

		@EventListener
		void call(SocketServerAlarmEvent alarm) {
			this.pager.add(alarm.server().name() + ": " + alarm.detail());
		}

	}

}
