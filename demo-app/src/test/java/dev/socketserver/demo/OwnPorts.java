package dev.socketserver.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.fixtures.Ports;

import org.springframework.context.annotation.Bean;

/**
 * Has each server of the properties listen on a port that the system gives to no other
 * program, while the server has stopped. It keeps that when properties are read again. No
 * configuration by itself, so that no scan finds it.
 */
class OwnPorts {

	private final Map<String, Integer> ports = new ConcurrentHashMap<>();

	@Bean
	SocketServerSpecCustomizer ownPort() {
		return (server, spec) -> spec.port(this.ports.computeIfAbsent(server, (name) -> Ports.free()));
	}

}
