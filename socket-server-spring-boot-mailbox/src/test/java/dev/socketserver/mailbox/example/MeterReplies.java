package dev.socketserver.mailbox.example;

import dev.socketserver.mailbox.LetterJudge;
import dev.socketserver.mailbox.LetterState;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class MeterReplies {

	@Bean
	LetterJudge judge() {
		return (letter, reply) -> switch (reply.toString()) {
			case "ok" -> LetterState.DELIVERED;
			case "busy" -> LetterState.WAITING;
			default -> LetterState.REFUSED;
		};
	}

}
