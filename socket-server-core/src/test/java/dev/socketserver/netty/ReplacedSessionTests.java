package dev.socketserver.netty;

import ch.qos.logback.classic.Level;
import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Two devices with one identity. */
class ReplacedSessionTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(Session.class);

	private void replace(SocketServer server, String source) throws Exception {
		try (Peer older = new Peer(server, "127.0.1.1"); Peer newer = new Peer(server, source)) {
			assertThat(older.ask("7")).isEqualTo("bound");
			assertThat(newer.ask("7")).isEqualTo("bound");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REPLACED);
		}
		this.fixture.nextClosed();
	}

	@Test
	void oneOfAnotherAddressIsLogged() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.bind("meter", "m\n" + line, BindPolicy.REPLACE);
			session.send("bound");
		}, (spec) -> spec);

		replace(server, "127.0.1.1");
		assertThat(this.log.messages(Level.INFO)).isEmpty();
		replace(server, "127.0.1.2");
		assertThat(this.log.messages(Level.INFO)).singleElement()
			.asString()
			.matches("'test': session test-\\d of 127\\.0\\.1\\.1:\\d+ is replaced by session test-\\d of "
					+ "127\\.0\\.1\\.2:\\d+, which is bound to meter 'm\\\\u000a7' now");
	}

}
