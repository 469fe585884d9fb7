package dev.socketserver.bridge;

import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What handles the messages of the tests' bridges, and what makes their ids and keys.
 */
@Configuration(proxyBeanMethods = false)
class TestHandlers {

	@Bean
	Function<String, String> function() {
		return (line) -> "ok " + line;
	}

	@Bean
	Function<String, @Nullable String> firstWord() {
		return (line) -> Stream.of(line.split(" "))
			.findFirst()
			.map((word) -> word.replace("half", "\uD83D"))
			.orElse(null);
	}

	@Bean
	Methods methods() {
		return new Methods();
	}

	/** Replies how a message was stored. */
	@SocketHandler("unused")
	static class Methods {

		@OnMessage
		String handle(String line, Stored stored) {
			return stored.toString();
		}

		@OnError
		String rejected(MessageRejectedException failure) {
			return "rejected: " + failure.getMessage();
		}

	}

}
