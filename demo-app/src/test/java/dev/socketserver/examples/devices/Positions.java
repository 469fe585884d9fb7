package dev.socketserver.examples.devices;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;

import org.springframework.stereotype.Repository;

/** The last position of each device. */
@Repository
class Positions {

	private final Map<String, Position> positions = new ConcurrentHashMap<>();

	void save(String device, Position position) {
		this.positions.merge(device, position, BinaryOperator.maxBy(Comparator.comparing(Position::received)));
	}

	Optional<Position> find(String device) {
		return Optional.ofNullable(this.positions.get(device));
	}

}
