package dev.socketserver.bridge.example;

import java.util.function.Function;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
@SocketHandler("hl7")
class Admissions {

	@Bean
	static Function<String, String> controlId() {
		return (message) -> message.split("\\|")[9];
	}

	@OnMessage
	String received(String message) {
		String id = controlId().apply(message);
		return "MSH|^~\\&|||||||ACK|" + id + "|P|2.5\rMSA|AA|" + id + "\r";
	}

}
