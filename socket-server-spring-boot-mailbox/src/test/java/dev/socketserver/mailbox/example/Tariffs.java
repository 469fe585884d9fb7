package dev.socketserver.mailbox.example;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.SocketMailbox;

import org.springframework.stereotype.Component;

@Component
class Tariffs {

	private final SocketMailbox mailbox;

	Tariffs(SocketMailbox mailbox) {
		this.mailbox = mailbox;
	}

	CompletableFuture<Letter> change(String meter, String order, int tariff) {
		return this.mailbox.post("meter", meter, order, order + " tariff " + tariff, Duration.ofHours(6));
	}

}
