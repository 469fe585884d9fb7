package dev.socketserver.examples.devices;

import java.util.function.Predicate;

import dev.socketserver.client.Correlator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
@EnableConfigurationProperties(DevicesProperties.class)
class DevicesApplication {

	public static void main(String[] args) {
		SpringApplication.run(DevicesApplication.class, args);
	}

	/** What is stored before it is acknowledged. */
	@Bean
	Predicate<String> isPosition() {
		return (line) -> line.startsWith("POS ");
	}

	/** The number of a command, which its reply has, too. */
	@Bean
	Correlator commandNumber() {
		return (payload) -> {
			String[] words = payload.toString().split(" ", 3);
			return (words.length == 3 && words[0].matches("CMD|REPLY")) ? words[1] : null;
		};
	}

}
