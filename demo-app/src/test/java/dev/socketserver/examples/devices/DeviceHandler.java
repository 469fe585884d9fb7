package dev.socketserver.examples.devices;

import java.time.Instant;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("devices")
class DeviceHandler {

	private final DevicesProperties properties;

	private final Positions positions;

	DeviceHandler(DevicesProperties properties, Positions positions) {
		this.properties = properties;
		this.positions = positions;
	}

	@OnMessage
	String received(String line, SocketSession session) {
		String[] words = line.split(" ", 3);
		Object device = session.attributes().get("device");
		if (device == null) {
			return login(words, session);
		}
		if (words.length == 3 && words[0].equals("POS")) {
			Position position = new Position(Double.parseDouble(words[1]), Double.parseDouble(words[2]), Instant.now());
			this.positions.save(device.toString(), position);
			return "OK";
		}
		return "ERROR";
	}

	private String login(String[] words, SocketSession session) {
		if (words.length == 3 && words[0].equals("LOGIN") && this.properties.isKey(words[1], words[2])) {
			session.attributes().put("device", words[1]);
			if (session.bind("device", words[1], BindPolicy.REPLACE)) {
				return "WELCOME";
			}
		}
		session.close();
		return "ERROR";
	}

	/** A number that is none, or a place that is not on earth. */
	@OnError
	String refused(IllegalArgumentException failure) {
		return "ERROR";
	}

}
