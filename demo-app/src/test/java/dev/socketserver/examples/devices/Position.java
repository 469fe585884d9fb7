package dev.socketserver.examples.devices;

import java.time.Instant;

record Position(double latitude, double longitude, Instant received) {

	Position {
		if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
			throw new IllegalArgumentException("not on earth: " + latitude + " " + longitude);
		}
	}

}
