package dev.socketserver.engine.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.log.SilencedLog;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** When a run ends that is closing, and has one connection. */
class ServerRunTests {

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketServer.class);

	private static final ServerSpec SPEC = ServerSpec.builder("test")
		.threads((t) -> t.serverDaemon(true))
		.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
		.build();

	private final CompletableFuture<ServerRun> made = new CompletableFuture<>();

	private final ManagedServer server = new ManagedServer(SPEC, ManualEngine.with(new ManualTimer()),
			new SessionRegistry("test"), (context, owner, earlier) -> {
				ServerRun run = ManualPort.run(context, owner, earlier);
				this.made.complete(run);
				return run;
			});

	private ServerRun run() {
		return this.made.join();
	}

	private ManualPort port() {
		return (ManualPort) run().listeners().get(0).port();
	}

	@BeforeEach
	void closeWithOneConnection() {
		this.server.start();
		assertThat(run().admission().admit(null, false, false)).isNull();
		this.server.beginStop(Duration.ofHours(1));
		port().becomesFree();
		assertThat(run().isEnding()).isFalse();
	}

	@Test
	void itEndsBehindTheConnectionThatWasAbandoned() throws Exception {
		CompletableFuture<Boolean> early = new CompletableFuture<>();
		port().permitFree = () -> {
			// As another thread may that has looked for permits.
			run().portFree();
			early.complete(run().isEnding());
		};
		run().connectionEnded(false);

		assertThat(early).isCompletedWithValue(false);
		Patience.await(run().ended());
		assertThat(this.server.statistics().abandoned()).isOne();
	}

	@Test
	void itEndsWhenListenersWereNotifiedOfTheEndOfTheSession() throws Exception {
		run().leaving();
		assertThat(run().admission().isIdle()).isTrue();
		run().portFree();
		run().permitFree();
		assertThat(run().isEnding()).isFalse();
		run().sessionEnded();

		Patience.await(run().ended());
	}

}
