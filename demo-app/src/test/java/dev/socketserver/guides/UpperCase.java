package dev.socketserver.guides;

import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class UpperCase {

	@Bean
	@SocketHandler("upper")
	UnaryOperator<String> upper() {
		return (line) -> line.toUpperCase(Locale.ROOT);
	}

}
