package dev.socketserver.examples.exchange;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.Send;
import dev.socketserver.exchange.SocketExchange;

@SocketExchange("plant")
interface Plant {

	@Ask("READ {sensor}")
	Reading read(int sensor);

	@Ask(timeout = "2s")
	CompletableFuture<Reading> read(ReadRequest request);

	@Send("SET {sensor} {value}")
	void set(int sensor, double value);

	record Reading(double celsius) {

	}

	record ReadRequest(int sensor) {

	}

}
