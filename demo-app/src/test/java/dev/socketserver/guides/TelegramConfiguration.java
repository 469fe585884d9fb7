package dev.socketserver.guides;

import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.framing.Framing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class TelegramConfiguration {

	@Bean
	Framing telegram() {
		return new TelegramFraming();
	}

	@Bean
	@SocketHandler("telegrams")
	UnaryOperator<String> telegrams() {
		return (text) -> text.toUpperCase(Locale.ROOT);
	}

}
