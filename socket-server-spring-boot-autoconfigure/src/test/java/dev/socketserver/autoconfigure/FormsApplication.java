package dev.socketserver.autoconfigure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.event.SocketServerFailedEvent;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSessionClosedEvent;
import dev.socketserver.event.SocketSessionOpenedEvent;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/**
 * An application with a handler of each form.
 */
final class FormsApplication {

	private FormsApplication() {
	}

	static SocketServer upper(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	static ConfigurableApplicationContext run(Class<?> configuration, String... args) {
		return run(new Class<?>[] { configuration }, args);
	}

	static ConfigurableApplicationContext run(Class<?>[] configuration, String... args) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE).run(args);
	}

	/** It is notified last: those of the application come after the starter's own. */
	static SocketServerListener countsDownWhenRemoved(CountDownLatch latch) {
		return new SocketServerListener() {

			@Override
			public void removed(SocketServer server) {
				latch.countDown();
			}

		};
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@Import({ Meter.class, Recorder.class })
	static class Forms {

		static final BlockingQueue<String> taken = new LinkedBlockingQueue<>();

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler("sink")
		Consumer<byte[]> sink() {
			return (bytes) -> taken.add(new String(bytes, StandardCharsets.UTF_8));
		}

		@Bean
		@SocketHandler("talk")
		StreamHandler talk() {
			return (in, out, session) -> {
				out.write((session.args() + " ").getBytes(StandardCharsets.UTF_8));
				in.transferTo(out);
			};
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		@SocketHandler("count")
		Counting count() {
			return new Counting();
		}

		@Bean
		Shouting made() {
			return new Shouting();
		}

		@Bean
		Slow slow() {
			return new Slow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class QuietForms {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

	@SocketHandler("meter")
	static class Meter implements ConnectionHandler<Long> {

		@Override
		public Long opened(SocketSession session) {
			return 0L;
		}

		@Override
		public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			long total = ((state != null) ? state : 0) + data.remaining();
			data.position(data.limit());
			session.send(total + "\n");
			return total;
		}

	}

	static class Counting implements UnaryOperator<String> {

		private int calls;

		@Override
		public String apply(String text) {
			return ++this.calls + " " + text;
		}

	}

	static class Shouting implements Function<String, String> {

		@Override
		public String apply(String text) {
			return text.toUpperCase() + "!";
		}

	}

	static class Slow implements UnaryOperator<String> {

		final CountDownLatch called = new CountDownLatch(2);

		final CountDownLatch go = new CountDownLatch(1);

		@Override
		public String apply(String text) {
			this.called.countDown();
			Patience.await(this.go);
			return "slow " + text;
		}

	}

	static class Recorder {

		static List<Object> last = List.of();

		final List<Object> events = new CopyOnWriteArrayList<>();

		private final Environment environment;

		@Nullable String portAtStart;

		Recorder(Environment environment) {
			this.environment = environment;
			last = this.events;
		}

		@EventListener
		void started(SocketServerStartedEvent event) {
			this.portAtStart = this.environment.getProperty("local.socket." + event.server().name() + ".port");
			this.events.add(event);
		}

		@EventListener({ SocketServerStoppedEvent.class, SocketServerFailedEvent.class, SocketSessionOpenedEvent.class,
				SocketSessionClosedEvent.class })
		void happened(Object event) {
			this.events.add(event);
		}

		@EventListener
		void readiness(AvailabilityChangeEvent<ReadinessState> event) {
			if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
				this.events.add(event.getState());
			}
		}

	}

}
