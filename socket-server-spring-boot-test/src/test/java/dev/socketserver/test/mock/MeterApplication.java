package dev.socketserver.test.mock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.Identity;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.handler.IdentityMissingException;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.payload.PayloadException;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;

/** Has handlers, an advice and a resolver. */
@SpringBootApplication
class MeterApplication {

	@Bean
	@SocketHandler("dialogue")
	ConversationHandler<String, String> dialogue() {
		return (peer) -> {
		};
	}

	@SocketHandler("meters")
	static class Meters {

		final List<String> notified = new ArrayList<>();

		final CountDownLatch begun = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		@OnOpen
		String greet(List<String> args) {
			return "meter? " + args;
		}

		@OnMessage
		Object handle(Reading reading, SocketSession session, Tariff tariff) {
			if (reading.meter() != null) {
				session.bind("meter", reading.meter());
			}
			return switch (reading.watts()) {
				case -3 -> CompletableFuture.failedFuture(new AssertionError("later"));
				case -2 -> throw new AssertionError("at once");
				case -1 -> throw new IllegalStateException("nobody answers it");
				case 0 -> CompletableFuture.completedFuture("nothing at " + tariff);
				case 1 -> Stream.of("one", "of two");
				case 2 -> {
					session.close();
					yield "bye";
				}
				case 3 -> {
					this.begun.countDown();
					Patience.hold(this.goOn);
					yield "done";
				}
				default -> new Bill(reading.watts() * tariff.cents());
			};
		}

		@OnClose
		void closed(CloseStatus status, @Identity("meter") Optional<String> meter) {
			this.notified.add(meter.orElse("nobody") + " " + status.reason());
		}

	}

	@SocketHandler("busy")
	static class Busy {

		@OnOpen
		String refuse(SocketSession session) {
			session.close();
			return "busy";
		}

		@OnMessage
		void never(String line) {
			throw new IllegalStateException(line);
		}

	}

	@SocketHandler("words")
	static class Words {

		@OnMessage("READ")
		String read(SocketMessage message) {
			return message.key() + " of " + message.session().server();
		}

		@OnMessage("BIND")
		void bind(String line, SocketSession session) {
			session.bind("meter", line.substring(5));
		}

		@OnMessage("WHO")
		String who(@Identity("meter") String meter) {
			return meter;
		}

	}

	@SocketHandlerAdvice
	static class Refusals {

		@OnError
		String unreadable(PayloadException failure) {
			return "unreadable";
		}

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return "what is " + failure.key() + "?";
		}

		@OnError
		String unknown(IdentityMissingException failure) {
			return "unknown";
		}

	}

	@Component
	static class TariffResolver implements SocketArgumentResolver {

		@Override
		public boolean supports(MethodParameter parameter) {
			return parameter.getParameterType() == Tariff.class;
		}

		@Override
		public Object resolve(MethodParameter parameter, SocketMessage message) {
			return new Tariff(message.session().args().isEmpty() ? 1 : 30);
		}

	}

	record Reading(String meter, int watts) {

	}

	record Tariff(int cents) {

	}

	record Bill(int cents) {

	}

}
