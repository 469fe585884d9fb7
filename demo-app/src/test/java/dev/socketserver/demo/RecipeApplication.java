package dev.socketserver.demo;

import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The application that {@link RestartRecipesTests} restarts, in a process of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(RecipeApplication.Orders.class)
class RecipeApplication {

	/** In front of how many orders were handled, in the last line of the output. */
	static final String HANDLED = "handled ";

	public static void main(String[] arguments) {
		SpringApplication.run(RecipeApplication.class, arguments);
	}

	@SocketHandler("orders")
	static class Orders implements DisposableBean {

		private final AtomicLong handled = new AtomicLong();

		@OnMessage
		String place(String order) {
			this.handled.incrementAndGet();
			return "done " + order;
		}

		@Override
		public void destroy() {
			System.out.println(HANDLED + this.handled);
		}

	}

}
