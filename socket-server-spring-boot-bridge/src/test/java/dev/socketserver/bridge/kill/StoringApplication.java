package dev.socketserver.bridge.kill;

import java.util.function.Function;

import dev.socketserver.fixtures.OtherJvm;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that stores what it acknowledges, and may be killed. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class StoringApplication {

	/** Runs in a JVM of its own. The arguments are properties. */
	public static void main(String[] arguments) {
		start(arguments);
		OtherJvm.say("listens");
	}

	static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(StoringApplication.class).web(WebApplicationType.NONE)
			.properties("spring.config.location=classpath:/kill.yml")
			.run(arguments);
	}

	@Bean
	Function<String, String> handler() {
		return (line) -> "ok " + line;
	}

	@Bean
	Function<String, String> wholeLine() {
		return Function.identity();
	}

}
