package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What the system takes away from a server that listens, and gives back.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AcceptRecoveryTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static Stream<Transport> transports() {
		return ServerFixture.everyTransport();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void listeningSocketThatIsDestroyedFromOutsideIsReplaced(Transport transport) throws Exception {
		assumeThat(Files.isExecutable(Path.of("/usr/bin/ss"))).as("ss is there").isTrue();
		assumeThat(run("id", "-u").strip()).as("only root may destroy sockets").isEqualTo("0");
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.transport(transport));
		InetSocketAddress address = server.localAddress();
		try (Peer live = new Peer(server)) {
			assertThat(live.ask("before")).isEqualTo("BEFORE");
			run("ss", "-K", "-l", "-t", "-n", "sport = :" + address.getPort());
			if (!run("ss", "-l", "-t", "-n", "-H", "sport = :" + address.getPort()).isEmpty()
					&& connects(address, 200)) {
				// Replaced already, or never destroyed: that cannot be told from outside.
				assumeThat(server.failure()).as("this kernel destroys sockets").isNull();
			}
			Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
				try (Peer next = new Peer(server)) {
					return next.ask("next").equals("NEXT");
				}
			});
			assertThat(live.ask("after")).isEqualTo("AFTER");
			assertThat(server.localAddress()).isEqualTo(address);
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			Awaitility.await().until(() -> server.failure() == null);
		}
	}

	private static boolean connects(InetSocketAddress address, int millis) {
		try (Socket socket = new Socket()) {
			socket.connect(address, millis);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), UTF_8);
		process.waitFor();
		return output;
	}

}
