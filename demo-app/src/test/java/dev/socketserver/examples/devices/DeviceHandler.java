package dev.socketserver.examples.devices;

import java.time.Instant;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

@SocketHandler("devices")
class DeviceHandler {

	private final DevicesProperties properties;

	private final Positions positions;

	DeviceHandler(DevicesProperties properties, Positions positions) {
		this.properties = properties;
		this.positions = positions;
	}

	@OnMessage
	@Nullable String received(String line, SocketSession session) {
		String[] words = line.split(" ", 3);
		Device device = device(session);
		if (device == null) {
			return login(words, session);
		}
		if (words.length == 3 && words[0].equals("POS")) {
			Position position = new Position(Double.parseDouble(words[1]), Double.parseDouble(words[2]), Instant.now());
			this.positions.save(device.id(), position);
			return "OK";
		}
		if (words.length == 3 && words[0].equals("REPLY")) {
			device.replied(words[1], words[2]);
			return null;
		}
		return "ERROR";
	}

	private String login(String[] words, SocketSession session) {
		if (words.length == 3 && words[0].equals("LOGIN") && this.properties.isKey(words[1], words[2])) {
			session.attributes().put("device", new Device(words[1], session));
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

	@OnClose
	void closed(SocketSession session) {
		Device device = device(session);
		if (device != null) {
			device.gone();
		}
	}

	static @Nullable Device device(SocketSession session) {
		return (Device) session.attributes().get("device");
	}

}
