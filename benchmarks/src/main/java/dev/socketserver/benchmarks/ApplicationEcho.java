package dev.socketserver.benchmarks;

import java.net.URI;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * This project's server in a Spring Boot application, configured by
 * {@code application.yml}. The class path decides whether meters and the actuator observe
 * it.
 */
final class ApplicationEcho implements EchoServer {

	private final ConfigurableApplicationContext context;

	/**
	 * Starts the application.
	 * @param arguments its properties, as a command line has them
	 */
	ApplicationEcho(String... arguments) {
		this.context = SpringApplication.run(Application.class, arguments);
	}

	@Override
	public int start(Service service) {
		SocketServer server = this.context.getBean(SocketServers.class).server(service.id()).orElseThrow();
		server.start();
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

	@Override
	public URI endpoints() {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getRequiredProperty("local.server.port")
				+ "/actuator");
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@SocketHandler("lines")
		UnaryOperator<String> lines() {
			return Service.LINES::reply;
		}

		@Bean
		@SocketHandler("frames")
		UnaryOperator<String> frames() {
			return Service.FRAMES::reply;
		}

		@Bean
		@SocketHandler("blocking")
		UnaryOperator<String> blocking() {
			return Service.BLOCKING::reply;
		}

		@Bean
		@SocketHandler("broadcast")
		Consumer<String> broadcast(ObjectProvider<SocketServers> servers) {
			return (line) -> servers.getObject()
				.server(Service.BROADCAST.id())
				.ifPresent((server) -> server.broadcast(Service.BROADCAST.reply(line)));
		}

	}

}
