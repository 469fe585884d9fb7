package dev.socketserver.bridge.example;

import java.util.function.Predicate;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
@SocketHandler("logs")
class Logs {

	@Bean
	static Predicate<String> isMessage() {
		return (frame) -> frame.split(" ", 3)[1].equals("syslog");
	}

	@OnMessage
	String received(String frame, SocketSession session) {
		String[] words = frame.split(" ", 3);
		String answer = words[0] + " rsp";
		return switch (words[1]) {
			case "open" -> answer + " 200 OK\nrelp_version=0\ncommands=syslog";
			case "syslog" -> answer + " 200 OK";
			case "close" -> {
				session.close();
				yield answer;
			}
			default -> answer + " 500 unknown command";
		};
	}

}
