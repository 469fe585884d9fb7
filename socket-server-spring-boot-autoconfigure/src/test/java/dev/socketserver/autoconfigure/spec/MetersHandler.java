package dev.socketserver.autoconfigure.spec;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The handler of the server of the examples of TLS.
 */
@Configuration(proxyBeanMethods = false)
class MetersHandler {

	@Bean
	@SocketHandler("meters")
	UnaryOperator<String> meters() {
		return String::toUpperCase;
	}

}
