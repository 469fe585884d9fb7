package dev.socketserver.examples.dns;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;

@ConfigurationProperties("dns")
record Zone(List<Host> hosts) {

	Optional<Host> find(String name) {
		return this.hosts.stream().filter((host) -> host.name().equalsIgnoreCase(name)).findFirst();
	}

	record Host(String name, Inet4Address address) {

	}

}
