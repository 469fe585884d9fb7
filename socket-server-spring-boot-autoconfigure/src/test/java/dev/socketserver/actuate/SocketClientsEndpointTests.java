package dev.socketserver.actuate;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.socketserver.CloseReason;
import dev.socketserver.actuate.SocketClientsEndpoint.AddressDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.AttemptsDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.OutboundDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.PendingDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.PoolDescriptor;
import dev.socketserver.actuate.SocketClientsEndpoint.SocketClientDescriptor;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.ClosedDescriptor;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.spec.connect.Reconnect;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketClientsEndpoint}.
 */
class SocketClientsEndpointTests {

	@AutoClose
	private final RunningClients running = new RunningClients();

	private final SocketClientsEndpoint endpoint = new SocketClientsEndpoint(this.running.clients(), List.of(),
			Show.ALWAYS);

	@Test
	void listsClientsInTheOrderOfTheirRegistration() {
		this.running.connected("second");
		this.running.clients().register(RunningClients.spec("first", 1).build());

		assertThat(this.endpoint.socketClients().clients()).extracting(SocketClientDescriptor::name)
			.containsExactly("second", "first");
	}

	@Test
	void describesAConnectedClientWithItsTraffic() {
		SocketClient client = this.running.connected("meter");
		assertThat(client.ask("hello", Patience.limit()).join()).isEqualTo("HELLO");
		await().until(() -> client.statistics().delivered() == 1);

		SocketClientDescriptor descriptor = this.endpoint.socketClient("meter");

		int port = this.running.server("meter").localAddress().getPort();
		assertThat(descriptor.state()).isEqualTo(ClientState.CONNECTED);
		assertThat(descriptor.host()).isEqualTo("127.0.0.1");
		assertThat(descriptor.port()).isEqualTo(port);
		assertThat(descriptor.remoteAddress()).isEqualTo("127.0.0.1:" + port);
		assertThat(descriptor.localAddress()).startsWith("127.0.0.1:").doesNotEndWith(":" + port);
		assertThat(descriptor.framing()).isEqualTo("line");
		assertThat(descriptor.transport()).isIn("nio", "epoll");
		assertThat(descriptor.ssl()).isNull();
		assertThat(descriptor.connectedAt()).isEqualTo(client.connectedAt()).isNotNull();
		assertThat(descriptor.suspended()).isFalse();
		assertThat(descriptor.attempts()).isEqualTo(new AttemptsDescriptor(1, 1, Map.of(), 0));
		assertThat(descriptor.closed()).isEmpty();
		assertThat(descriptor.bytes()).isEqualTo(new TrafficDescriptor(6, 6));
		assertThat(descriptor.messages()).isEqualTo(new TrafficDescriptor(1, 1));
		assertThat(descriptor.pending()).isEqualTo(new PendingDescriptor(0, 0, 0));
		assertThat(descriptor.outbound()).isEqualTo(new OutboundDescriptor(1, 1, 0, 0, 0, 0));
		assertThat(descriptor.repliesDropped()).isZero();
		assertThat(descriptor.failure()).isNull();
		assertThat(descriptor.lastClosed()).isNull();
		assertThat(descriptor.addresses())
			.containsExactly(new AddressDescriptor("127.0.0.1:" + port, true, 1, 0, null, null));
		assertThat(descriptor.pool()).isEqualTo(new PoolDescriptor(1, 1));
	}

	@Test
	void rotatesConnections() {
		SocketClient client = this.running.connected("meter");
		this.endpoint.changeSocketClient("meter", "rotate");
		await().until(() -> client.statistics().closed().containsKey(CloseReason.ROTATED));
		assertThat(client.ask("hello", Patience.limit()).join()).isEqualTo("HELLO");
		client.disconnect();
		await().until(() -> client.state() == ClientState.DISCONNECTED);
		assertThatIllegalStateException().isThrownBy(() -> this.endpoint.changeSocketClient("meter", "rotate"))
			.withMessageContaining("only a client that is connected can rotate its connections");
	}

	@Test
	void showsWhichAddressesAreUnavailable() throws IOException {
		SocketClientsEndpoint discreet = new SocketClientsEndpoint(this.running.clients(), List.of(), Show.NEVER);
		try (DeafPort dead = new DeafPort();
				ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.running.connectedToTheSecond("meter", dead, port);
			assertThat(this.endpoint.socketClient("meter").addresses().get(0)).satisfies((address) -> {
				assertThat(address.address()).isEqualTo("127.0.0.1:" + dead.number());
				assertThat(address.available()).isFalse();
				assertThat(address.failures()).isEqualTo(1);
				assertThat(address.failure()).contains("refused");
				assertThat(address.nextAttempt()).isNotNull();
			});
			assertThat(discreet.socketClient("meter").addresses().get(0).failure()).isEqualTo("******");
			assertThat(this.endpoint.socketClient("meter").addresses().get(1).available()).isTrue();
		}
	}

	@Test
	void showsTheAddressesOfOneMoment() {
		SocketClient client = this.running.clients().register(RunningClients.spec("meter", 1).build());
		ClientSpec others = ClientSpec.builder("meter")
			.framing(Framing.line())
			.failOver((block) -> block.addresses("meter-1:2", "[::1]:3"))
			.build();
		SocketClient changing = proxy(SocketClient.class, (proxy, method, arguments) -> {
			if (method.getName().equals("addresses")) {
				ClientOperations.of(client).reconfigure(others, 2);
			}
			return method.invoke(client, arguments);
		});
		SocketClients clients = proxy(SocketClients.class, (proxy, method, arguments) -> Optional.of(changing));
		assertThat(new SocketClientsEndpoint(clients, List.of(), Show.ALWAYS).socketClient("meter").addresses())
			.extracting(AddressDescriptor::address)
			.containsExactly("meter-1:2", "[::1]:3");
	}

	private static <T> T proxy(Class<T> type, InvocationHandler calls) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, calls));
	}

	@Test
	void showsThePathOfAUnixSocket() {
		this.running.clients()
			.register(ClientSpec.builder("meter").domainSocket("/run/meter").framing(Framing.line()).build());
		assertThat(this.endpoint.socketClient("meter").addresses()).extracting(AddressDescriptor::address)
			.containsExactly("unix:/run/meter");
	}

	@Test
	void reportsHowTheLastConnectionEnded() throws IOException {
		SocketClientsEndpoint discreet = new SocketClientsEndpoint(this.running.clients(), List.of(), Show.NEVER);
		try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.running.connectingOnce("meter", port.getLocalPort());
			try (Socket socket = port.accept()) {
				socket.getOutputStream().write("x".repeat(100).getBytes(StandardCharsets.UTF_8));
				await().until(() -> client.lastClosed() != null);
			}

			assertThat(this.endpoint.socketClient("meter").lastClosed())
				.isEqualTo(new ClosedDescriptor(CloseReason.FRAME_TOO_LARGE, client.lastClosed().status().detail(),
						client.lastClosed().at()))
				.hasNoNullFieldsOrProperties();
			assertThat(this.endpoint.socketClient("meter").failure()).isNull();
			assertThat(discreet.socketClient("meter").lastClosed().detail()).isEqualTo("******");
		}
	}

	@Test
	void reportsOfAConnectionOnlyWhereThereIsOne() throws IOException {
		try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Thread closing = new Thread(() -> closeWhoConnects(port));
			closing.start();
			SocketClient client = RunningClients.started(this.running.clients(),
					RunningClients.spec("meter", port.getLocalPort())
						.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(1), 0))
						.build());

			await().pollInSameThread().pollInterval(Duration.ofNanos(1)).untilAsserted(() -> {
				SocketClientDescriptor descriptor = this.endpoint.socketClient("meter");
				boolean connected = descriptor.state() == ClientState.CONNECTED;
				if (connected != (descriptor.remoteAddress() != null)
						|| connected != (descriptor.localAddress() != null)
						|| connected != (descriptor.connectedAt() != null)) {
					throw new IllegalStateException("not of one moment: " + descriptor);
				}
				assertThat(client.statistics().connected()).isGreaterThan(200);
			});
		}
	}

	private static void closeWhoConnects(ServerSocket port) {
		try {
			while (true) {
				port.accept().close();
			}
		}
		catch (IOException ex) {
			// The port was closed.
		}
	}

	@Test
	void describesAClientThatCannotConnect() throws IOException {
		try (DeafPort port = new DeafPort()) {
			SocketClient client = RunningClients.started(this.running.clients(),
					RunningClients.spec("meter", port.number()).build());
			client.send("later");
			await().until(() -> client.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L) > 2);

			SocketClientDescriptor descriptor = this.endpoint.socketClient("meter");

			assertThat(descriptor.state()).isIn(ClientState.CONNECTING, ClientState.DISCONNECTED);
			assertThat(descriptor.remoteAddress()).isNull();
			assertThat(descriptor.localAddress()).isNull();
			assertThat(descriptor.connectedAt()).isNull();
			assertThat(descriptor.attempts().connected()).isZero();
			assertThat(descriptor.attempts().failed()).containsOnlyKeys(ConnectFailure.REFUSED);
			assertThat(descriptor.pending()).isEqualTo(new PendingDescriptor(1, 5, 0));
			assertThat(descriptor.outbound()).isEqualTo(new OutboundDescriptor(1, 0, 0, 0, 0, 0));
			assertThat(descriptor.failure()).contains(String.valueOf(port.number()));
		}
	}

	@Test
	void whyAClientCannotConnectCanBeHidden() throws IOException {
		SocketClientsEndpoint discreet = new SocketClientsEndpoint(this.running.clients(), List.of(), Show.NEVER);
		try (DeafPort port = new DeafPort()) {
			SocketClient client = RunningClients.started(this.running.clients(),
					RunningClients.spec("meter", port.number()).build());
			await().until(() -> client.failure() != null);

			assertThat(discreet.socketClient("meter").failure()).isEqualTo("******");
		}
	}

	@Test
	void knowsNoOtherClient() {
		this.running.connected("meter");

		assertThat(this.endpoint.socketClient("metre")).isNull();
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.changeSocketClient("metre", "stop"))
			.withMessageContaining("'metre'");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.stopSocketClient("metre"));
	}

	@Test
	void refusesActionsThatItDoesNotKnow() {
		this.running.connected("meter");

		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.changeSocketClient("meter", "explode"))
			.withMessageContaining("'explode'")
			.withMessageContaining("start, stop, disconnect, reconnect");
	}

	@Test
	void disconnectsUntilItIsAskedToReconnect() {
		SocketClient client = this.running.connected("meter");

		assertThat(this.endpoint.changeSocketClient("meter", "disconnect").suspended()).isTrue();

		await().until(() -> client.state() == ClientState.DISCONNECTED);
		assertThatIllegalStateException().isThrownBy(() -> this.endpoint.changeSocketClient("meter", "disconnect"))
			.withMessageContaining("already disconnected");
		assertThat(this.endpoint.changeSocketClient("meter", "reconnect").suspended()).isFalse();
		await().until(() -> client.state() == ClientState.CONNECTED);
		assertThat(client.statistics().connected()).isEqualTo(2);
		assertThat(client.ask("again", Patience.limit()).join()).isEqualTo("AGAIN");
	}

	@Test
	void reconnectsAConnectedClient() {
		SocketClient client = this.running.connected("meter");

		this.endpoint.changeSocketClient("meter", "reconnect");

		await().until(() -> client.statistics().connected() == 2);
		await().until(() -> client.state() == ClientState.CONNECTED);
	}

	@Test
	void stopsAndStarts() {
		SocketClient client = this.running.connected("meter");
		assertThatIllegalStateException().isThrownBy(() -> this.endpoint.changeSocketClient("meter", "start"))
			.withMessageContaining("CONNECTED");

		this.endpoint.stopSocketClient("meter");

		await().until(() -> client.state() == ClientState.STOPPED);
		for (String action : List.of("stop", "disconnect", "reconnect")) {
			assertThatIllegalStateException().isThrownBy(() -> this.endpoint.changeSocketClient("meter", action))
				.withMessageContaining("'meter' is STOPPED");
		}
		this.endpoint.changeSocketClient("meter", "start");
		await().until(() -> client.state() == ClientState.CONNECTED);
	}

	@Test
	void whatTheApplicationHasClosedStaysClosed() {
		SocketClient client = this.running.connected("meter");
		client.close();
		client.closed().join();

		assertThat(this.endpoint.socketClient("meter").state()).isEqualTo(ClientState.CLOSED);
		for (String action : List.of("start", "stop", "disconnect", "reconnect")) {
			assertThatIllegalStateException().isThrownBy(() -> this.endpoint.changeSocketClient("meter", action))
				.withMessageContaining("'meter' is CLOSED");
		}
	}

	@Test
	void descriptorsCanBeWrittenInANativeImage() {
		RuntimeHints hints = new RuntimeHints();

		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, SocketClientsEndpointWebExtension.class);

		assertThat(RuntimeHintsPredicates.reflection().onType(SocketClientDescriptor.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(OutboundDescriptor.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(TrafficDescriptor.class)).accepts(hints);
	}

}
