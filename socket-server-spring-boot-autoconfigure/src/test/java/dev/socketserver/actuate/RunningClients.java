package dev.socketserver.actuate;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.connect.Reconnect;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.awaitility.Awaitility.await;

/**
 * Real clients for tests, and servers for them to connect to.
 */
public final class RunningClients implements AutoCloseable {

	private final RunningServers running = new RunningServers();

	private final NettySocketClients clients;

	public RunningClients(SocketClientListener... listeners) {
		this(() -> List.of(listeners));
	}

	/** Asks for the listeners when there is the first client. */
	public RunningClients(Supplier<List<SocketClientListener>> listeners) {
		this.clients = new NettySocketClients(this.running.servers(), listeners);
	}

	public NettySocketClients clients() {
		return this.clients;
	}

	/** The server of the client that {@link #connected} returns. */
	public SocketServer server(String client) {
		return this.running.servers().server(client + "-server").orElseThrow();
	}

	/** A client that is connected to a server that answers lines in upper case. */
	public SocketClient connected(String name) {
		SocketServer server = this.running.upper(name + "-server");
		return connected(this.clients, spec(name, server.localAddress().getPort()).build());
	}

	public static SocketClient connected(SocketClients clients, ClientSpec spec) {
		SocketClient client = started(clients, spec);
		await().until(() -> client.state() == ClientState.CONNECTED);
		return client;
	}

	public static SocketClient started(SocketClients clients, ClientSpec spec) {
		SocketClient client = clients.register(spec);
		client.start();
		return client;
	}

	/**
	 * A client that is connected to the second of two addresses, as the first is dead.
	 */
	public SocketClient connectedToTheSecond(String name, DeafPort dead, ServerSocket port) {
		return connected(this.clients, ClientSpec.builder(name)
			.failOver((block) -> block.addresses("127.0.0.1:" + dead.number(), "127.0.0.1:" + port.getLocalPort())
				.retryPeriod(Duration.ofMinutes(1)))
			.build());
	}

	/** A client of short lines, which does not connect again. */
	public SocketClient connectingOnce(String name, int port) {
		Duration never = Duration.ofMinutes(10);
		return started(this.clients,
				spec(name, port).limits((l) -> l.frame(16)).reconnect(new Reconnect(never, never, 0)).build());
	}

	/** A client that is used by hand, with lines, and tries to connect often. */
	public static ClientSpec.Builder spec(String name, int port) {
		return ClientSpec.builder(name)
			.host("127.0.0.1")
			.port(port)
			.framing(Framing.line())
			.reconnect(new Reconnect(Duration.ofMillis(20), Duration.ofMillis(100), 0));
	}

	@Override
	public void close() {
		this.clients.close();
		this.running.close();
	}

	/** Servers and clients as beans of an application. */
	@Configuration(proxyBeanMethods = false)
	public static class Beans {

		@Bean
		NettySocketServers servers() {
			return new NettySocketServers(List.of());
		}

		@Bean
		NettySocketClients clients(NettySocketServers servers, ObjectProvider<SocketClientListener> listeners) {
			return new NettySocketClients(servers, () -> listeners.orderedStream().toList());
		}

	}

}
