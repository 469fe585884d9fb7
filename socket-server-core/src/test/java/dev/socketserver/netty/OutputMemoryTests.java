package dev.socketserver.netty;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A frame for whose rest there is no memory outside of the heap: it is lost with its
 * connection, and nothing else is.
 */
class OutputMemoryTests {

	static Stream<Arguments> ways() {
		List<SocketTransport> transports = ServerFixture.everyTransport().toList();
		return Stream.concat(transports.stream().map((transport) -> Arguments.of(transport, ExecutionMode.POOL)),
				transports.stream()
					.limit(Rounds.SOAK ? transports.size() : 1)
					.map((transport) -> Arguments.of(transport, ExecutionMode.EVENT_LOOP)));
	}

	@ParameterizedTest
	@MethodSource("ways")
	void connectionEndsWhereThereIsNoMemoryForItsOutput(SocketTransport transport, ExecutionMode mode)
			throws Exception {
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of("-XX:MaxDirectMemorySize=12m"), Program.class,
				transport.name(), mode.name())) {
			int port = Integer.parseInt(jvm.next());
			try (Peer deaf = new Peer(port, 16 * 1024); Peer other = new Peer(port, 0)) {
				assertThat(other.ask("hello")).isEqualTo("hello");
				deaf.send("big\n");
				assertThat(jvm.next()).isEqualTo("told false");
				assertThat(jvm.next()).isEqualTo("closed IO_ERROR");
				assertThat(other.ask("hello")).isEqualTo("hello");
				jvm.command("stop");
				assertThat(jvm.next()).isEqualTo("closed SERVER_STOPPED");
				assertThat(jvm.next()).isEqualTo("stopped");
			}
		}
	}

	/** Answers lines, one of them with 32 MB. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] arguments) throws Exception {
			SocketServerListener listener = new SocketServerListener() {

				@Override
				public void closed(SocketSession session, CloseStatus status) {
					OtherJvm.say("closed " + status.reason());
				}

			};
			NettySocketServers servers = new NettySocketServers(() -> List.of(listener),
					EngineSpec.defaults().eventLoopThreads(1).memoryLimit(128 * 1024 * 1024), () -> null, List::of);
			SocketServer server = servers.register(ServerSpec.builder("test")
				.transport(SocketTransport.valueOf(arguments[0]))
				.execution((e) -> e.mode(ExecutionMode.valueOf(arguments[1])))
				.handler(ServerFixture.messages("test", (line, session) -> {
					if (!line.equals("big")) {
						return line;
					}
					session.send("x".repeat(32 * 1024 * 1024), (failure) -> OtherJvm.say("told " + (failure == null)));
					return null;
				}))
				.build());
			server.start();
			OtherJvm.say(String.valueOf(Objects.requireNonNull(server.localAddress()).getPort()));
			while (System.in.read() != '\n') {
				// Not all of it is said yet.
			}
			server.stop(Duration.ofSeconds(1));
			Patience.await(server.stopped());
			OtherJvm.say("stopped");
			Runtime.getRuntime().halt(0);
		}

	}

}
