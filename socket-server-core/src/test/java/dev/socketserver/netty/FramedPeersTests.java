package dev.socketserver.netty;

import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.FramingPreset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What framings do beyond a frame, over sockets. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FramedPeersTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void whatEchoesSyslogNeverSeesAnEmptyMessage() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text,
				(spec) -> spec.framing(FramingPreset.SYSLOG.framing()));
		try (Peer peer = new Peer(server)) {
			peer.send("8 <13>abcd\n8 <13>abcd<13>a\n\n<13>b\n12 monkeys\n<13>next\n").endOutput();
			assertThat(peer.rest()).isEqualTo("8 <13>abcd8 <13>abcd5 <13>a5 <13>b10 12 monkeys8 <13>next");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

}
