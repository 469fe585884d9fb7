package dev.socketserver.guides;

import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.Send;
import dev.socketserver.exchange.SocketExchange;

@SocketExchange
interface Station {

	@Ask("READ {sensor}")
	Reading read(int sensor);

	@Send("SET {sensor} {value}")
	void set(int sensor, double value);

	record Reading(double celsius) {

	}

}
