package dev.socketserver.test.slice;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Has two servers, of which tests start one. */
@SpringBootApplication
class ShopApplication implements CommandLineRunner {

	static final AtomicInteger CREATED = new AtomicInteger();

	@Bean
	@SocketHandler("other")
	UnaryOperator<String> other(Expensive expensive) {
		return String::toLowerCase;
	}

	@Bean
	Prices prices() {
		return new Prices();
	}

	@Override
	public void run(String... args) {
		CREATED.incrementAndGet();
	}

	@SocketHandler("orders")
	static class Orders implements ApplicationRunner {

		private final Prices prices;

		Orders(Prices prices) {
			this.prices = prices;
		}

		@OnMessage
		Receipt place(Order order, SocketSession session) {
			session.attributes().put("last", order.item());
			return new Receipt(order.item(), order.pieces() * this.prices.of(order.item()));
		}

		@Override
		public void run(ApplicationArguments args) {
			CREATED.incrementAndGet();
		}

	}

	static class Prices {

		int of(String item) {
			return item.length();
		}

	}

	/** Nobody needs it in the test. */
	@Component
	static class Expensive {

		Expensive() {
			CREATED.incrementAndGet();
		}

	}

	@Component
	static class Runner implements ApplicationRunner {

		@Override
		public void run(ApplicationArguments args) {
			CREATED.incrementAndGet();
		}

	}

	record Order(String item, int pieces) {

	}

	record Receipt(String item, int price) {

	}

}
