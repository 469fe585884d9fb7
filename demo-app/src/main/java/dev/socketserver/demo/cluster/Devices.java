package dev.socketserver.demo.cluster;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Profile;

/**
 * A device says its number first. If it connects again, at whichever node, its older
 * connection closes.
 */
@SocketHandler("devices")
@Profile("cluster")
class Devices {

	@OnMessage
	String number(String number, SocketSession session) {
		session.bind("device", number, BindPolicy.REPLACE);
		return "hello " + number;
	}

}
