package dev.socketserver.repl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.repl.autoconfigure.SocketReplAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that knows nothing of consoles, and gets one by its arguments.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ SslAutoConfiguration.class, SocketServerAutoConfiguration.class,
		SocketReplAutoConfiguration.class })
public class ConsoleApplication {

	static ConfigurableApplicationContext run(String... args) {
		List<String> all = new ArrayList<>(List.of(args));
		all.add("--spring.main.banner-mode=off");
		for (String argument : new String[] { "--socket.servers.console.port=0",
				"--socket.servers.console.handler=repl" }) {
			// Given twice, an argument would be a list.
			if (all.stream().noneMatch((given) -> given.startsWith(argument.substring(0, argument.indexOf('='))))) {
				all.add(argument);
			}
		}
		return new SpringApplicationBuilder(ConsoleApplication.class).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
	}

	@Bean
	Orders orders() {
		return new Orders();
	}

	@Bean
	@SocketHandler("upper")
	UnaryOperator<String> upper() {
		return String::toUpperCase;
	}

	/** What the expressions of tests are about. */
	public static class Orders {

		private final AtomicInteger count = new AtomicInteger();

		final CountDownLatch interrupted = new CountDownLatch(1);

		final CountDownLatch waiting = new CountDownLatch(1);

		final CompletableFuture<String> released = new CompletableFuture<>();

		public int count() {
			return this.count.get();
		}

		public int place() {
			return this.count.incrementAndGet();
		}

		public String fail() {
			throw new IllegalStateException("sold out");
		}

		/** Notifies the test that the expression was evaluated. */
		public void begins() {
			this.waiting.countDown();
		}

		public void waits() throws InterruptedException {
			this.waiting.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
				throw ex;
			}
		}

		/** A value that cannot be shown. */
		public Object unspeakable() {
			return new Object() {

				@Override
				public String toString() {
					throw new StackOverflowError("no text");
				}

			};
		}

		/** Like code that never looks whether it is interrupted. */
		public String ignores() {
			this.waiting.countDown();
			return this.released.join();
		}

	}

}
