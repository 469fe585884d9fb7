package dev.socketserver.netty.accept;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Level;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.network.RawSockets;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.gate.Offence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Packets with the address of somebody else, who shall not be banned for them. A script
 * writes them; it needs Linux, root and {@code python3}.
 */
class ForgedHandshakesTests {

	/** An address of this machine, so that the answers go nowhere else. */
	private static final String VICTIM = "127.0.1.66";

	private static final int PACKETS = 20;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines audit = new LogLines("dev.socketserver.audit");

	@TempDir
	private Path directory;

	/** Not even those who guess what follows, and send what would be an offence. */
	@Test
	void forgedPacketsBanNobody() throws Exception {
		assumeTrue(RawSockets.permitted(), "python3 with raw sockets is needed");
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.limits((limits) -> limits.frame(50))
					.timeouts((timeouts) -> timeouts.firstFrame(Duration.ofMinutes(5)))
					.ban((ban) -> ban.offences(1).exempt(List.of()).reasons(EnumSet.allOf(Offence.class))));

		// A busy machine does not show the script each of them.
		assertThat(forge(server)).as("handshakes that the kernel has answered").isGreaterThan(PACKETS / 2);

		assertThat(this.audit.messages(Level.INFO)).isEmpty();
		assertThat(ServerOperations.of(server).bans().count()).isZero();
		try (Peer victim = new Peer(server, VICTIM)) {
			assertThat(victim.ask("x")).isEqualTo("X");
		}
		assertThat(server.statistics().accepted()).isOne();
		assertThat(server.statistics().rejected()).isEmpty();
	}

	private int forge(SocketServer server) throws Exception {
		Path script = this.directory.resolve("forged-handshakes.py");
		try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/forged-handshakes.py"))) {
			Files.write(script, in.readAllBytes());
		}
		int port = Objects.requireNonNull(server.localAddress()).getPort();
		Process process = new ProcessBuilder("python3", script.toString(), "" + port, VICTIM, "" + PACKETS)
			.redirectErrorStream(true)
			.start();
		String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
		assertThat(process.waitFor()).as(printed).isZero();
		return Integer.parseInt(printed);
	}

}
