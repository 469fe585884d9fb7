package dev.socketserver.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of servers that listen on every interface, and never accept IPv4.
 */
@SpringBootTest(properties = { "socket.servers.echo.handler=echo", "socket.servers.echo.port=4711",
		"socket.servers.echo.address=any", "socket.servers.echo.ip-family=ipv6",
		"socket.servers.datagrams.handler=echo", "socket.servers.datagrams.port=4712",
		"socket.servers.datagrams.protocol=udp", "socket.servers.datagrams.address=any",
		"socket.servers.datagrams.ip-family=ipv6", "socket.servers.datagrams.limits.allow=::1" })
@EnabledIf(value = "possible", disabledReason = "no IPv6 here, or no sockets that leave IPv4 alone")
class Ipv6ConnectionTests {

	static boolean possible() {
		try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
			return probe.isBound() && Epoll.isAvailable();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void isReached(@SocketConnection("echo") SocketTestClient client) {
		assertThat(client.ask("hello")).isEqualTo("hello");
	}

	@Test
	void isReachedByDatagrams(@SocketConnection("datagrams") SocketTestClient client) {
		assertThat(client.ask("hello")).isEqualTo("hello");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
