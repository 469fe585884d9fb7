package dev.socketserver.autoconfigure.lifecycle;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application of its own is asked to end while all its sessions wait for a reply.
 */
@Tag("long")
@Tag("virtual-threads")
@DisabledOnOs(OS.WINDOWS)
class TerminationTests {

	private static final int SESSIONS = 500;

	/** What the shell calls a program that SIGTERM has ended. */
	private static final int TERMINATED = 128 + 15;

	/** How Spring Boot's applications end whose start fails. */
	private static final int FAILED = 1;

	@Test
	void everyReplyInProgressArrivesAndTheApplicationEnds() throws Exception {
		Process jvm = OtherJvm.start(Program.class);
		List<TestPeer> peers = new ArrayList<>();
		try {
			BlockingQueue<String> said = new LinkedBlockingQueue<>();
			Thread reader = new Thread(
					() -> new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))
						.lines()
						.forEach(said::add));
			reader.start();
			int port = Integer.parseInt(await(said, "on port "));
			for (int i = 0; i < SESSIONS; i++) {
				peers.add(TestPeer.connect(port).send(i + "\n"));
			}
			await(said, "all called");

			// Unlike that of the process, this leaves what it says readable.
			assertThat(jvm.toHandle().destroy()).isTrue();

			for (int i = 0; i < SESSIONS; i++) {
				assertThat(peers.get(i).line()).isEqualTo("reply " + i);
				assertThat(peers.get(i).read()).isNull();
			}
			// Within the phase; what is left of it is for what else ends.
			assertThat(jvm.waitFor(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(jvm.exitValue()).isEqualTo(TERMINATED);
			reader.join();
			assertThat(said).filteredOn((line) -> line.contains("'slow' has stopped"))
				.singleElement()
				.asString()
				.contains(
						"500 accepted, 500 opened, 500 closed {SERVER_STOPPED=500}, received 1890 bytes in 500 messages, "
								+ "sent 4890 bytes in 500 messages");
		}
		finally {
			jvm.destroyForcibly();
			Opened.closeAll(peers);
		}
	}

	@Test
	void anApplicationThatCannotListenSaysSoAndEnds() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			Process jvm = OtherJvm.start(Program.class, "--socket.servers.slow.port=" + taken.getLocalPort());
			try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
				assertThat(output.lines())
					.anyMatch((line) -> line.contains("Server 'slow' cannot listen on 127.0.0.1:"));
				assertThat(jvm.waitFor(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
				assertThat(jvm.exitValue()).isEqualTo(FAILED);
			}
			finally {
				jvm.destroyForcibly();
			}
		}
	}

	@Test
	void anApplicationThatFindsOutLaterThatItCannotListenSaysSoAndEnds() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			Process jvm = OtherJvm.start(Program.class, "--socket.servers.slow.port=" + taken.getLocalPort(),
					"--socket.servers.slow.start.wait=false");
			try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
				assertThat(output.lines()).anyMatch((line) -> line.contains("Server 'slow' cannot listen on 127.0.0.1:")
						&& line.endsWith("The application stops."));
				assertThat(jvm.waitFor(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
				assertThat(jvm.exitValue()).isEqualTo(FAILED);
			}
			finally {
				jvm.destroyForcibly();
			}
		}
	}

	/** Returns what follows the text in the line that has it. */
	private static String await(BlockingQueue<String> said, String text) throws InterruptedException {
		List<String> before = new ArrayList<>();
		String line = said.poll(Patience.seconds(), TimeUnit.SECONDS);
		while (line != null && !line.contains(text)) {
			before.add(line);
			line = said.poll(Patience.seconds(), TimeUnit.SECONDS);
		}
		assertThat(line).as("'%s', behind %s", text, before).isNotNull();
		return line.substring(line.indexOf(text) + text.length());
	}

	/** Replies only when it is asked to end. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class Program {

		private static final Logger logger = LoggerFactory.getLogger(Program.class);

		private final CountDownLatch refusing = new CountDownLatch(1);

		private final AtomicInteger called = new AtomicInteger();

		public static void main(String[] args) {
			new SpringApplicationBuilder(Program.class).web(WebApplicationType.NONE)
				.properties("socket.servers.slow.port=0", "socket.servers.slow.execution.threads=" + SESSIONS)
				.run(args);
		}

		@Bean
		@SocketHandler("slow")
		UnaryOperator<String> slow() {
			return (line) -> {
				if (this.called.incrementAndGet() == SESSIONS) {
					logger.info("all called");
				}
				Patience.hold(this.refusing);
				return "reply " + line;
			};
		}

		@EventListener
		void started(SocketServerStartedEvent event) {
			logger.info("on port {}", event.address().getPort());
		}

		@EventListener
		void changed(AvailabilityChangeEvent<ReadinessState> event) {
			if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
				this.refusing.countDown();
			}
		}

	}

}
