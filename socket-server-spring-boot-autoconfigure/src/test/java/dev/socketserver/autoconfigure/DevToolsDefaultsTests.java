package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Spring Boot's DevTools take from us as defaults, after all other properties.
 */
@ExtendWith(OutputCaptureExtension.class)
class DevToolsDefaultsTests {

	@Test
	void aRestartWaitsForSessionsForASecondAtMost() throws IOException {
		try (ConfigurableApplicationContext context = run()) {
			assertThat(drainTimeout(context)).isEqualTo(Duration.ofSeconds(1));
		}
	}

	@Test
	void whatTheApplicationSaysCountsAndNothingIsWarnedAbout(CapturedOutput output) throws IOException {
		try (ConfigurableApplicationContext context = run("--socket.server-defaults.drain-timeout=5s")) {
			assertThat(drainTimeout(context)).isEqualTo(Duration.ofSeconds(5));
		}
		try (ConfigurableApplicationContext context = run("--socket.servers.it.shutdown=immediate")) {
			assertThat(drainTimeout(context)).isZero();
		}
		// Others of this JVM may warn of something else.
		assertThat(output).doesNotContain("Property socket.");
	}

	private static ConfigurableApplicationContext run(String... args) throws IOException {
		Properties ours = PropertiesLoaderUtils
			.loadProperties(new ClassPathResource("META-INF/spring-devtools.properties"));
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(ours.stringPropertyNames()
				.stream()
				.collect(Collectors.toMap((name) -> name.replaceFirst("^defaults\\.", ""), ours::getProperty)))
			.properties("socket.servers.it.port=0")
			.run(args);
	}

	private static Duration drainTimeout(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("it").spec().drainTimeout();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	static class Application {

		@Bean
		@SocketHandler
		UnaryOperator<String> it() {
			return String::toUpperCase;
		}

	}

}
