package dev.socketserver.test;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of a server that listens on a Unix socket.
 */
@SpringBootTest(classes = TestServers.class,
		properties = { "socket.servers.echo.domain-socket.path=/run/nobody/echo.sock", TestServers.FRAMES_PORT,
				TestServers.FRAMES_FRAMING })
class LocalSocketPathTests {

	@LocalSocketPath("echo")
	private Path field;

	@Test
	void pathIsInATemporaryDirectory(@LocalSocketPath("echo") Path path) throws IOException {
		assertThat(path).isEqualTo(this.field).hasFileName("echo.sock").exists();
		assertThat(path.toString()).doesNotStartWith("/run/nobody");
		try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
			peer.write(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
			ByteBuffer reply = ByteBuffer.allocate(6);
			while (reply.hasRemaining() && peer.read(reply) >= 0) {
				assertThat(reply.position()).isPositive();
			}
			assertThat(new String(reply.array(), UTF_8)).isEqualTo("hello\n");
		}
	}

	@Test
	void theFailureToFindAPortNamesWhatToUse(@Autowired SocketServers servers) {
		SocketServer server = servers.get("echo");
		assertThatIllegalStateException()
			.isThrownBy(() -> ConnectionTarget.portOf(server, server.spec().listeners().get(0)))
			.withMessageContaining("which has no port: use @LocalSocketPath or @SocketConnection");
	}

}
