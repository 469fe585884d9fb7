package dev.socketserver.demo.upper;

import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Answers each line with the same line in upper case.
 */
@Configuration(proxyBeanMethods = false)
class UpperConfiguration {

	@Bean
	@SocketHandler("upper")
	UnaryOperator<String> upper() {
		return (line) -> line.toUpperCase(Locale.ROOT);
	}

}
