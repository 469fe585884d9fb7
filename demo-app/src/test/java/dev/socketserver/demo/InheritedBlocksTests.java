package dev.socketserver.demo;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.autoconfigure.SocketMailboxAutoConfiguration;
import dev.socketserver.repl.autoconfigure.SocketReplAutoConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** What all servers inherit of modules is not meant for a console. */
class InheritedBlocksTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class,
				SocketBridgeAutoConfiguration.class, SocketMailboxAutoConfiguration.class))
		.withBean("store", MessageStore.class, () -> (message) -> CompletableFuture.completedFuture(null))
		.withPropertyValues("socket.mailbox.store=memory", "socket.servers.in.port=0",
				"socket.servers.in.bridge.to=store", "socket.servers.in.bridge.acknowledge=OK",
				"socket.servers.debug.port=0", "socket.servers.debug.handler=repl");

	@ParameterizedTest
	@ValueSource(strings = { "mailbox.identity=device", "bridge.to=store", "bridge.acknowledge=OK" })
	void aConsoleIsOneWhateverItInherits(String inherited) {
		this.runner.withPropertyValues("socket.server-defaults.bridge.to=store", "socket.server-defaults." + inherited)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "in");
						TestPeer operator = TestPeer.connect(context, "debug")) {
					assertThat(peer.ask("a")).isEqualTo("OK");
					assertThat(operator.ask("1 + 1")).isEqualTo("debug-1> 2");
				}
			});
	}

}
