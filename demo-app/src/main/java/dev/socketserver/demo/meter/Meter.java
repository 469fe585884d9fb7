package dev.socketserver.demo.meter;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.client.SocketClients;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;

/**
 * A meter that sends its reading once a second, whether or not it is connected: readings
 * wait until there is a connection again. The server sends each reading back.
 */
@SocketClientHandler("meter")
class Meter {

	private static final Logger logger = LoggerFactory.getLogger(Meter.class);

	private final SocketClients clients;

	private final Random consumption = new Random();

	private long wattHours;

	Meter(SocketClients clients) {
		this.clients = clients;
	}

	@Scheduled(fixedRate = 1, timeUnit = TimeUnit.SECONDS)
	void read() {
		this.wattHours += 1 + this.consumption.nextInt(9);
		this.clients.client("meter").ifPresent((client) -> {
			// It does not matter if this one is never sent, since the next reading is as
			// good.
			CompletableFuture<?> unused = client.send(this.wattHours + " Wh");
		});
	}

	@OnMessage
	void confirmed(String reading) {
		logger.debug("The server has {}", reading);
	}

}
