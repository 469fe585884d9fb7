package dev.socketserver.bridge.kill;

import java.util.function.Function;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.fixtures.OtherJvm;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application that stores what it acknowledges, and may be killed. */
final class StoringApplication {

	private StoringApplication() {
	}

	/** Runs in a JVM of its own. The arguments are properties. */
	public static void main(String[] arguments) {
		run(WithItsStores.class, arguments);
		OtherJvm.say("listens");
	}

	/** Starts a whole one in this JVM. */
	static ConfigurableApplicationContext start(String... arguments) {
		return run(Whole.class, arguments);
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("spring.config.location=classpath:/kill.yml")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Function<String, String> handler() {
			return (line) -> "ok " + line;
		}

		@Bean
		Function<String, String> wholeLine() {
			return Function.identity();
		}

	}

	/** A whole application takes longer to start. */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class,
			SocketServerAutoConfiguration.class, SocketBridgeAutoConfiguration.class })
	@Import(Handlers.class)
	static class WithItsStores {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Whole {

	}

}
