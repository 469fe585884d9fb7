package dev.socketserver.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * A Spring Boot application that does nothing but serve lines, with this project or with
 * plain Netty, so that the starts of both can be compared. It is configured by
 * {@code small-application.yml}.
 */
final class SmallApplicationEcho implements EchoServer {

	private static final String OURS = "socket-server";

	private static final String NETTY = "netty";

	private final boolean ours;

	SmallApplicationEcho(boolean ours) {
		this.ours = ours;
	}

	@Override
	public int start(Service service) {
		ApplicationContext context = new SpringApplicationBuilder(Application.class).profiles(this.ours ? OURS : NETTY)
			.properties("spring.config.name=small-application")
			.run();
		return this.ours ? Objects
			.requireNonNull(context.getBean(SocketServers.class).server(service.id()).orElseThrow().localAddress())
			.getPort() : context.getBean(NettyServer.class).port();
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Configuration(proxyBeanMethods = false)
		@Profile(OURS)
		static class Ours {

			@Bean
			@SocketHandler("lines")
			UnaryOperator<String> lines() {
				return Service.LINES::reply;
			}

		}

		@Configuration(proxyBeanMethods = false)
		@Profile(NETTY)
		static class Netty {

			@Bean
			NettyServer nettyServer() {
				return new NettyServer();
			}

		}

	}

	/** What those have who do without the starter. */
	static final class NettyServer implements SmartLifecycle {

		private volatile int port;

		@Override
		public void start() {
			try {
				this.port = new GatheringNettyEcho(false).start(Service.LINES);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		/** The process just ends. */
		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return this.port > 0;
		}

		int port() {
			return this.port;
		}

	}

}
