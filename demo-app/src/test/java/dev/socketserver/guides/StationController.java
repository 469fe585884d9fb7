package dev.socketserver.guides;

import dev.socketserver.exchange.SocketExceptionHandler;
import dev.socketserver.exchange.SocketExchanges;

import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Import(SocketExceptionHandler.class)
class StationController {

	private final SocketExchanges exchanges;

	StationController(SocketExchanges exchanges) {
		this.exchanges = exchanges;
	}

	@GetMapping("/stations/{id}/sensors/{sensor}")
	Station.Reading read(@PathVariable("id") String id, @PathVariable("sensor") int sensor) {
		return station(id).read(sensor);
	}

	@PutMapping("/stations/{id}/sensors/{sensor}")
	void set(@PathVariable("id") String id, @PathVariable("sensor") int sensor, @RequestBody String value) {
		station(id).set(sensor, Double.parseDouble(value));
	}

	private Station station(String id) {
		return this.exchanges.identity("device", id, Station.class);
	}

}
