package dev.socketserver.benchmarks;

import java.io.IOException;
import java.util.Objects;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;

/**
 * This project's server in an application that acknowledges each line: at once, or as
 * soon as Kafka has stored it. Configured by {@code storing-application.yml}.
 */
final class StoringEcho implements EchoServer {

	private static final String STORING = "storing";

	private final boolean storing;

	private @Nullable KafkaProcess kafka;

	StoringEcho(boolean storing) {
		this.storing = storing;
	}

	@Override
	public int start(Service service) throws IOException {
		SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
			.properties("spring.config.name=storing-application");
		String address = "";
		if (this.storing) {
			this.kafka = KafkaProcess.start(service.id());
			address = this.kafka.address();
			application.profiles(STORING);
		}
		SocketServers servers = application.run("--spring.kafka.bootstrap-servers=" + address)
			.getBean(SocketServers.class);
		return Objects.requireNonNull(servers.server(service.id()).orElseThrow().localAddress()).getPort();
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@SocketHandler("stored")
		UnaryOperator<String> stored() {
			return Service.STORED::reply;
		}

	}

}
