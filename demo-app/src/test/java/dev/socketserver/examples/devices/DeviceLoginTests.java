package dev.socketserver.examples.devices;

import java.time.Duration;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * A device that logs in while its session is closed.
 */
@SocketServerTest(properties = "spring.config.name=devices")
class DeviceLoginTests {

	@Test
	void aDeviceIsNotWelcomeWhenItsSessionIsClosing(@SocketConnection("devices") SocketTestClient tracker) {
		tracker.send("LOGIN 4711 blue-7").expect("ERROR").expectClosed();
	}

	@TestConfiguration
	static class ClosesSessions {

		/** All keys are right, and sessions close when one is looked up. */
		@Bean
		@Primary
		DevicesProperties properties(ObjectProvider<SocketServers> servers) {
			return new DevicesProperties(new AbstractMap<>() {

				@Override
				public String get(Object id) {
					servers.getObject().server("devices").orElseThrow().sessions().forEach(SocketSession::close);
					return "blue-7";
				}

				@Override
				public Set<Map.Entry<String, String>> entrySet() {
					return Set.of();
				}

			}, Duration.ofSeconds(10));
		}

	}

}
