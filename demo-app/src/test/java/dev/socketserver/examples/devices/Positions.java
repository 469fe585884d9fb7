package dev.socketserver.examples.devices;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Repository;

/** The last position of each device. */
@Repository
class Positions {

	private final Map<String, Position> positions = new ConcurrentHashMap<>();

	void save(String device, Position position) {
		this.positions.put(device, position);
	}

	Optional<Position> find(String device) {
		return Optional.ofNullable(this.positions.get(device));
	}

}
