package dev.socketserver.autoconfigure;

import java.net.ConnectException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.FormsApplication.Forms;
import dev.socketserver.autoconfigure.FormsApplication.Meter;
import dev.socketserver.autoconfigure.FormsApplication.Shouting;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.bean.Proxying;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
class SocketServerApplicationTests {

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void servesEveryForm(boolean lazy) throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--spring.main.lazy-initialization=" + lazy, "--socket.servers.upper.port=0",
				"--socket.servers.sink.port=0", "--socket.servers.sink.framing=line", "--socket.servers.talk.port=0",
				"--socket.servers.talk.args=hello,there", "--socket.servers.meter.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("Hello, Wörld!\r\nagain\n").end()).isEqualTo("HELLO, WÖRLD!\nAGAIN\n");
			}
			try (TestPeer peer = TestPeer.connect(context, "sink")) {
				assertThat(peer.send("taken\n").end()).isEmpty();
				assertThat(Patience.next(Forms.taken)).isEqualTo("taken");
			}
			try (TestPeer peer = TestPeer.connect(context, "talk")) {
				assertThat(peer.send("bytes").end()).isEqualTo("[hello, there] bytes");
			}
			try (TestPeer peer = TestPeer.connect(context, "meter")) {
				assertThat(peer.send("12345").line()).isEqualTo("5");
				assertThat(peer.send("67").line()).isEqualTo("7");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void servesFromBehindProxies(boolean cglib) throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(
				new Class<?>[] { Forms.class, cglib ? CglibProxies.class : JdkProxies.class },
				"--socket.servers.upper.port=0", "--socket.servers.upper.handler=made",
				"--socket.servers.meter.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT!\n");
			}
			try (TestPeer peer = TestPeer.connect(context, "meter")) {
				assertThat(peer.send("12345").line()).isEqualTo("5");
			}
		}
	}

	@Test
	void aPrototypeKeepsItsSessionsApart() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.count.port=0");
				TestPeer one = TestPeer.connect(context, "count");
				TestPeer other = TestPeer.connect(context, "count")) {
			assertThat(one.send("a\nb\n").line()).isEqualTo("1 a");
			assertThat(one.line()).isEqualTo("2 b");
			assertThat(other.send("c\n").line()).isEqualTo("1 c");
		}
	}

	@Test
	void startsAgainAfterAStop() throws Exception {
		int port = Ports.free();
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.upper.port=" + port)) {
			SocketServer server = context.getBean(SocketServers.class).get("upper");

			context.stop();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThatThrownBy(() -> TestPeer.connect(port)).isInstanceOf(ConnectException.class);

			context.start();
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
		}
	}

	@Test
	void theEndOfAOneShotMayBeThatOfTheApplication() throws Exception {
		ConfigurableApplicationContext context = FormsApplication.run(Forms.class, "--socket.servers.upper.port=0",
				"--socket.servers.upper.one-shot=true", "--spring.lifecycle.timeout-per-shutdown-phase=90s");
		context.addApplicationListener(
				ApplicationListener.forPayload((SocketServerStoppedEvent stopped) -> context.close()));
		try (TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("text")).isEqualTo("TEXT");
		}
		await().until(() -> !context.isActive());
	}

	@Test
	void thePortOfAServerThatWasRemovedIsForgotten() {
		String port = "local.socket.upper.port";
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.upper.port=0")) {
			assertThat(context.getEnvironment().getProperty(port, Integer.class)).isPositive();
			context.getBean(SocketServers.class).remove("upper");
			await().untilAsserted(() -> assertThat(context.getEnvironment().getProperty(port)).isNull());
		}
	}

	@Test
	void theEndOfAServerLeavesThePortOfItsSuccessor() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication
			.run(new Class<?>[] { Forms.class, Succeeded.class }, "--socket.servers.heir.port=0");
				TestPeer peer = TestPeer.connect(context, "heir")) {
			String port = peer.ask("die");

			Patience.await(Succeeded.removed);
			assertThat(context.getEnvironment().getProperty("local.socket.heir.port")).isEqualTo(port);
		}
	}

	@Test
	void listenerBeansMayUseTheServers() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication
			.run(new Class<?>[] { Forms.class, Greeting.class }, "--socket.servers.upper.port=0");
				TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.line()).isEqualTo("upper-1 is here");
		}
	}

	@Test
	void noServerOutlivesItsApplicationWhoeverStartsItAgain() {
		int port = Ports.free();
		FormsApplication.run(new Class<?>[] { Forms.class, Stubborn.class }, "--socket.servers.upper.port=" + port)
			.close();

		assertThatThrownBy(() -> TestPeer.connect(port)).isInstanceOf(ConnectException.class);
	}

	static class Greeting implements SocketServerListener {

		private final SocketServers servers;

		Greeting(SocketServers servers) {
			this.servers = servers;
		}

		@Override
		public void opened(SocketSession session) {
			this.servers.get(session.server()).broadcast(session.id() + " is here");
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			throw new IllegalStateException("harms nobody");
		}

	}

	/** Puts another server in the place of its own, whose end is reported after that. */
	@Configuration(proxyBeanMethods = false)
	static class Succeeded {

		static final CountDownLatch removed = new CountDownLatch(1);

		@Bean
		@SocketHandler("heir")
		UnaryOperator<String> heir(SocketServers servers) {
			return (line) -> {
				ServerSpec spec = servers.get("heir").spec();
				servers.remove("heir");
				SocketServer next = servers.register(spec);
				next.start();
				return String.valueOf(Objects.requireNonNull(next.localAddress()).getPort());
			};
		}

		@Bean
		SocketServerListener removals() {
			return FormsApplication.countsDownWhenRemoved(removed);
		}

	}

	/** Keeps its servers up. */
	static class Stubborn {

		@EventListener
		void stopped(SocketServerStoppedEvent event) {
			event.server().start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkProxies {

		@Bean
		static Proxying proxying() {
			return new Proxying(false, Shouting.class, Meter.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CglibProxies {

		@Bean
		static Proxying proxying() {
			return new Proxying(true, Shouting.class, Meter.class);
		}

	}

}
