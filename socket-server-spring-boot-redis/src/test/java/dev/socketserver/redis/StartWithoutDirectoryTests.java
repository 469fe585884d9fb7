package dev.socketserver.redis;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.cluster.SocketClusterLifecycle;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications whose Redis cannot be reached, with a request timeout longer than any
 * test.
 */
class StartWithoutDirectoryTests {

	@ParameterizedTest
	@EnumSource
	void serversListenAndStopWhateverTheTimeoutIs(Absence absence) throws Exception {
		try (Directory directory = new Directory(absence);
				ConfigurableApplicationContext started = run(application(), directory)) {
			int port = started.getBean(SocketServers.class).get("login").localAddress().getPort();
			try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
				peer.getOutputStream().write("hello\n".getBytes());
				assertThat(peer.getInputStream().readNBytes(6)).isEqualTo("hello\n".getBytes());
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aStartThatWaitsEndsWhenTheApplicationIsClosed(Absence absence) throws Exception {
		try (Directory directory = new Directory(absence)) {
			boolean waits;
			do {
				waits = closedDuringStart(directory);
			}
			while (!waits);
		}
	}

	/** Closes an application that is starting; returns whether its start waited then. */
	private static boolean closedDuringStart(Directory directory) throws Exception {
		CompletableFuture<ConfigurableApplicationContext> context = new CompletableFuture<>();
		SpringApplication application = application();
		application.addInitializers(context::complete);
		FutureTask<ConfigurableApplicationContext> start = new FutureTask<>(() -> run(application, directory));
		Thread starting = new Thread(start);
		starting.start();
		Awaitility.await().atMost(Patience.limit()).until(() -> isWaiting(starting) || start.isDone());
		boolean waits = !start.isDone();
		context.join().close();
		starting.join(Patience.millis());
		assertThat(start).isDone();
		if (!waits) {
			start.get();
		}
		// Else it may have failed: Spring interrupts it, and closes nothing if it still
		// waits a millisecond later.
		assertThat(context.join().isActive()).isFalse();
		return waits;
	}

	private static boolean isWaiting(Thread thread) {
		boolean joins = false;
		for (StackTraceElement element : thread.getStackTrace()) {
			joins |= element.getClassName().equals(SocketClusterLifecycle.class.getName());
		}
		return joins && thread.getState() != Thread.State.RUNNABLE;
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

	private static ConfigurableApplicationContext run(SpringApplication application, Directory directory) {
		return application.run("--spring.data.redis.port=" + directory.port(), "--socket.cluster.request-timeout=1h",
				"--socket.servers.login.port=0", "--socket.servers.login.framing=line");
	}

	/** How Redis is away. */
	enum Absence {

		/** Nobody listens. */
		REFUSES,

		/** Connections are accepted, and nothing is answered. */
		SILENT

	}

	/** What is in the place of Redis. */
	private static final class Directory implements AutoCloseable {

		private final Closeable socket;

		private final int port;

		Directory(Absence absence) throws IOException {
			if (absence == Absence.REFUSES) {
				DeafPort deaf = new DeafPort();
				this.socket = deaf;
				this.port = deaf.number();
			}
			else {
				ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				this.socket = silent;
				this.port = silent.getLocalPort();
			}
		}

		int port() {
			return this.port;
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Login login() {
			return new Login();
		}

	}

	@SocketHandler("login")
	static class Login {

		@OnMessage
		String echo(String line) {
			return line;
		}

	}

}
