package dev.socketserver.netty;

import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.client.SocketClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for servers and clients that an application has by their names.
 */
class NamedTests {

	@RegisterExtension
	private final ClientFixture fixture = new ClientFixture();

	@Test
	void aServerOrClientIsFoundByNameAndTheNearestIsNamedElse() {
		SocketServer server = this.fixture.servers.lines((line) -> line, UnaryOperator.identity());
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		assertThat(this.fixture.servers.servers.get(server.name())).isSameAs(server);
		assertThat(this.fixture.clients.get(client.name())).isSameAs(client);
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.servers.servers.get(server.name() + "x"))
			.withMessage("There is no server '" + server.name() + "x', nearest: '" + server.name() + "'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.clients.get("entirely-different"))
			.withMessage("There is no client 'entirely-different', there is '" + client.name() + "'");
		this.fixture.clients.remove(client.name());
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.clients.get(client.name()))
			.withMessage("There is no client '" + client.name() + "', and no other: those of properties are registered "
					+ "when the application context starts, after its beans were made");
	}

}
