package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ExecutionMode;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MessageHandlerTests {

	private final NettySocketServers servers = new NettySocketServers(List.of());

	@AfterEach
	void close() {
		this.servers.close();
	}

	@Test
	void answers() throws IOException {
		for (Transport transport : Transport.values()) {
			for (ExecutionMode mode : List.of(ExecutionMode.POOL, ExecutionMode.EVENT_LOOP)) {
				SocketServer server = this.servers.register(ServerSpec
					.builder(("u" + transport + mode).toLowerCase(java.util.Locale.ROOT).replace("_", "-"))
					.handler(ServerHandler.function("upper", PayloadConverter.text(StandardCharsets.UTF_8),
							String::toUpperCase))
					.execution(mode)
					.transport(transport)
					.build());
				server.start();
				try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.localAddress().getPort())) {
					socket.getOutputStream().write("Hello, World!\r\nzwei\n".getBytes(StandardCharsets.UTF_8));
					socket.shutdownOutput();
					assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
						.isEqualTo("HELLO, WORLD!\nZWEI\n");
				}
				assertThat(server.stop()).isTrue();
			}
		}
	}

}
