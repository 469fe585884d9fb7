package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The application of the recipes, which {@link RecipeNode} starts. The demo, which looks
 * for components in this package, finds nothing of it.
 */
@ConditionalOnProperty(RecipeApplication.HANDLED)
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(RecipeApplication.Orders.class)
class RecipeApplication {

	/** The key of the file that ends with how many orders were handled. */
	static final String HANDLED = "recipe.handled";

	/** What a client says first, followed by its name. */
	static final String HELLO = "hello ";

	public static void main(String[] arguments) {
		SpringApplication.run(RecipeApplication.class, arguments);
	}

	/** Returns the time in microseconds, which is that of all processes here. */
	static long micros() {
		return micros(Instant.now());
	}

	private static long micros(Instant instant) {
		return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
	}

	@SocketHandler("orders")
	@ConditionalOnProperty(HANDLED)
	static class Orders implements DisposableBean {

		private final AtomicLong handled = new AtomicLong();

		private final Path file;

		Orders(@Value("${" + HANDLED + "}") Path file) {
			this.file = file;
		}

		@OnMessage
		String place(String order, SocketSession session) {
			if (order.startsWith(HELLO)) {
				long called = micros();
				session.bind("client", order.substring(HELLO.length()), BindPolicy.REPLACE);
				return micros(session.openedAt()) + " " + called + " " + micros() + " " + session.remoteAddress();
			}
			this.handled.incrementAndGet();
			return "done " + order;
		}

		@Override
		public void destroy() throws IOException {
			Files.writeString(this.file, this.handled + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}

	}

}
