package dev.socketserver.handler.dispatch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.dispatch.DispatchingApplication.Devices;
import dev.socketserver.handler.dispatch.DispatchingApplication.Login;
import dev.socketserver.handler.dispatch.DispatchingApplication.Reading;
import dev.socketserver.handler.intercept.HandlerCall.Kind;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;

/** How methods are called that were chosen for a message. */
@Tag("virtual-threads")
class DispatchedCallsTests {

	@Test
	void whatCannotBeConvertedForTheChosenMethodGoesTheWayOfErrors() {
		DispatchingApplication.with(Numbers.class, "json:/type").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("{\"type\":\"n\",\"reading\":4}")).isEqualTo("4");
				assertThat(peer.send("{\"type\":\"n\",\"reading\":\"four\"}\n").read()).isNull();
			}
			CloseStatus status = context.getBean(Closings.class).next();
			assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
			assertThat(status.cause()).isInstanceOf(PayloadException.class);
		});
	}

	@Test
	void theFailedMessageIsTheOneOfTheMethod() {
		DispatchingApplication.with(Answering.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.ask("A 1")).isEqualTo("text A 1");
				assertThat(peer.ask("B 2")).isEqualTo("bytes B 2");
				assertThat(peer.ask("A ok")).isEqualTo("A ok");
				assertThat(peer.ask("C 3")).isEqualTo("none: UnmappedMessageException");
			}
		});
	}

	@Test
	void framesAreTimedWhenTheyAreComplete() {
		DispatchingApplication.with(Timed.class, "word").run((context) -> {
			Timed handler = context.getBean(Timed.class);
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				Instant before = Instant.now();
				peer.send("A\nA\n");
				Instant first = Patience.next(handler.times);
				Instant entered = Instant.now();
				handler.release.add("go");
				handler.release.add("go");
				Instant second = Patience.next(handler.times);
				assertThat(first).isBetween(before, entered);
				assertThat(second).isBetween(first, entered);
			}
		});
	}

	@Test
	void repliesToRequestsAreMatchedBeforeDispatch() {
		DispatchingApplication.with(Asking.class, "word").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "it")) {
				assertThat(peer.send("ASK\n").line()).isEqualTo("what?");
				assertThat(peer.ask("LOGIN as reply")).isEqualTo("reply LOGIN as reply");
				assertThat(peer.ask("LOGIN")).isEqualTo("in");
			}
		});
	}

	@Test
	void interceptorsSeeThePayloadAndCallsOfOneSessionAreSerial() {
		List<Object> seen = new CopyOnWriteArrayList<>();
		SocketHandlerInterceptor interceptor = (call) -> {
			if (call.kind() == Kind.MESSAGE) {
				seen.add(call.payload());
			}
			return call.proceed();
		};
		DispatchingApplication.with(Devices.class, "json:/head/type")
			.withBean(SocketHandlerInterceptor.class, () -> interceptor)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "it")) {
					assertThat(peer.ask("{\"head\":{\"type\":\"login\"},\"name\":\"anna\"}")).isEqualTo("welcome anna");
					assertThat(peer.ask("no json")).isEqualTo("unmapped null");
				}
				assertThat(seen).containsExactly(new Login("anna"));
			});
	}

	@Test
	void aPrototypeIsDispatchedForEachSession() {
		DispatchingApplication.runner.withUserConfiguration(Prototype.class)
			.withPropertyValues("socket.servers.it.discriminator=word")
			.run((context) -> {
				try (TestPeer one = TestPeer.connect(context, "it"); TestPeer other = TestPeer.connect(context, "it")) {
					assertThat(one.ask("COUNT")).isEqualTo("1");
					assertThat(one.ask("COUNT")).isEqualTo("2");
					assertThat(other.ask("COUNT")).isEqualTo("1");
				}
			});
	}

	@Test
	void aClientDispatchesWhatItReceives() {
		DispatchingApplication.with(Echo.class, "")
			.withBean("talking", ClientSide.class)
			.withPropertyValues("socket.clients.c.port=local.socket.it.port", "socket.clients.c.handler=talking",
					"socket.clients.c.discriminator=word", "socket.clients.c.framing=line",
					"socket.clients.c.on-unmapped=ignore")
			.run((context) -> {
				ClientSide client = context.getBean(ClientSide.class);
				assertThat(Patience.next(client.calls)).isEqualTo("login LOGIN here");
				assertThat(Patience.next(client.calls)).isEqualTo("data DATA 7");
				CounterSource counters = CounterSource.of(context.getBean(SocketClients.class).get("c").statistics());
				assertThat(counters.sum(Counter.MESSAGES_UNMAPPED)).isEqualTo(1);
			});
	}

	static class Numbers {

		@OnMessage("n")
		String number(Reading reading) {
			return String.valueOf(reading.reading());
		}

	}

	static class Answering {

		@OnMessage("A")
		String text(String line) {
			if (line.endsWith("ok")) {
				return line;
			}
			throw new IllegalStateException();
		}

		@OnMessage("B")
		String bytes(byte[] frame) {
			throw new IllegalStateException();
		}

		@OnError
		String failed(IllegalStateException failure, String line) {
			return "text " + line;
		}

		@OnError
		String failed(RuntimeException failure, byte[] frame) {
			return "bytes " + new String(frame, StandardCharsets.UTF_8);
		}

		@OnError
		String failed(Exception failure) {
			return "none: " + failure.getClass().getSimpleName();
		}

	}

	static class Timed {

		private final BlockingQueue<Instant> times = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> release = new LinkedBlockingQueue<>();

		@OnMessage("A")
		void on(String line, Instant receivedAt) throws InterruptedException {
			this.times.add(receivedAt);
			this.release.take();
		}

	}

	static class Asking {

		@OnMessage("ASK")
		void ask(String line, SocketSession session) {
			session.ask("what?", Duration.ofSeconds(30)).thenAccept((reply) -> session.send("reply " + reply));
		}

		@OnMessage("LOGIN")
		String login(String line) {
			return "in";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope("prototype")
		Counting handler() {
			return new Counting();
		}

	}

	static class Counting {

		private int count;

		@OnMessage("COUNT")
		String count(String line) {
			return String.valueOf(++this.count);
		}

		@OnMessage(isDefault = true)
		void other(String line) {
		}

	}

	static class Echo {

		@OnOpen
		String opened() {
			return "LOGIN here";
		}

		@OnMessage
		List<String> on(String line) {
			return List.of("unknown", "DATA 7");
		}

	}

	static class ClientSide {

		private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

		@OnMessage("LOGIN")
		String login(String line) {
			this.calls.add("login " + line);
			return "hello";
		}

		@OnMessage("DATA")
		void data(byte[] frame) {
			this.calls.add("data " + new String(frame, StandardCharsets.UTF_8));
		}

	}

}
