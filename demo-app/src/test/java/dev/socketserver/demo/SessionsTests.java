package dev.socketserver.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.socketserver.BindPolicy;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of {@code docs/sessions.md}: devices that say who they are, and an
 * application that finds them.
 */
@SocketServerTest(properties = { "spring.config.name=sessions", "socket.servers.devices.port=0",
		"socket.servers.devices.framing=line" })
class SessionsTests {

	@Autowired
	private Fleet fleet;

	@Test
	void deviceIsFoundAndItsRegionIsAskedTogether(@SocketConnection("devices") SocketTestClient first,
			@SocketConnection("devices") SocketTestClient second, @SocketConnection("devices") SocketTestClient third) {
		assertThat(first.ask("4711 north 1.0")).isEqualTo("welcome");
		assertThat(second.ask("4712 north 1.1")).isEqualTo("welcome");
		assertThat(third.ask("4713 south 1.1")).isEqualTo("welcome");

		assertThat(this.fleet.send("4712", "restart")).isTrue();
		assertThat(second.receive()).isEqualTo("restart");
		assertThat(this.fleet.send("4714", "restart")).isFalse();
		assertThat(this.fleet.firmware("4711")).isEqualTo("1.0");

		assertThat(this.fleet.tellRegion("north", "update")).isEqualTo(2);
		assertThat(first.receive()).isEqualTo("update");
		assertThat(second.receive()).isEqualTo("update");
		assertThat(this.fleet.tellRegion("west", "update")).isZero();
	}

	@Test
	void deviceThatComesBackTakesOverFromItsOldConnection(@SocketConnection("devices") SocketTestClient before,
			@SocketConnection("devices") SocketTestClient after) {
		assertThat(before.ask("5000 east 1.0")).isEqualTo("welcome");
		assertThat(after.ask("5000 east 1.1")).isEqualTo("welcome");
		before.expectClosed();

		assertThat(this.fleet.firmware("5000")).isEqualTo("1.1");
		assertThat(this.fleet.send("5000", "hello again")).isTrue();
		assertThat(after.receive()).isEqualTo("hello again");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Devices.class, Fleet.class })
	static class Application {

	}

	@SocketHandler("devices")
	static class Devices implements ConnectionHandler<String> {

		@Override
		public String opened(SocketSession session) {
			return "";
		}

		@Override
		public String received(@Nullable String device, ByteBuffer line, SocketSession session) {
			String[] words = StandardCharsets.UTF_8.decode(line).toString().split(" ");
			session.bind("device", words[0], BindPolicy.REPLACE);
			session.join(words[1]);
			session.attributes().put("firmware", words[2]);
			session.send("welcome");
			return words[0];
		}

	}

	static class Fleet {

		private final SocketServers servers;

		Fleet(SocketServers servers) {
			this.servers = servers;
		}

		/** Sends a command to a device; returns whether it is connected. */
		boolean send(String device, String command) {
			List<SocketSession> sessions = this.servers.find("device", device);
			sessions.forEach((session) -> session.send(command));
			return !sessions.isEmpty();
		}

		/** Tells all devices of a region something; returns how many took it. */
		int tellRegion(String region, String command) {
			return this.servers.get("devices").group(region).broadcast(command);
		}

		String firmware(String device) {
			Map<String, Object> attributes = this.servers.find("device", device).get(0).attributes();
			return attributes.get("firmware").toString();
		}

	}

}
