package dev.socketserver.autoconfigure;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The handler {@code upper} of many tests, which replies in capitals.
 */
@Configuration(proxyBeanMethods = false)
public class UpperHandler {

	@Bean
	@SocketHandler("upper")
	UnaryOperator<String> upper() {
		return String::toUpperCase;
	}

}
