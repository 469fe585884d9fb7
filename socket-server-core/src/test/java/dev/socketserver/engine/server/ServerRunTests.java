package dev.socketserver.engine.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.TestSession;
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

	private static final ServerHandler HANDLER = ServerHandler.function("lines",
			PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line);

	private static final ServerSpec SPEC = ServerSpec.builder("test")
		.threads((t) -> t.serverDaemon(true))
		.handler(HANDLER)
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

	/** Else a stop could be that of the next run. */
	@Test
	void itEndsBehindTheStopThatFollowsFromTheSessionOfAOneShot() throws Exception {
		CompletableFuture<Boolean> early = new CompletableFuture<>();
		TestSession only = new TestSession((spec) -> spec);
		ServerSpec spec = ServerSpec.builder("once").handler(HANDLER).oneShot(true).build();
		ManagedServer once = new ManagedServer(spec, ManualEngine.with(new ManualTimer()), new SessionRegistry("once"),
				(context, owner, earlier) -> ManualPort.run(context, new Served(owner, early), earlier));
		once.start();
		ServerRun run = Objects.requireNonNull(once.lifecycle().run());
		assertThat(run.admission().admit(null, false, false)).isNull();
		run.opened(only.session);
		only.disconnect();
		once.beginStop(Duration.ofHours(1));
		((ManualPort) run.listeners().get(0).port()).becomesFree();

		run.leaving();
		run.sessionEnded();

		assertThat(early).isCompletedWithValue(false);
		Patience.await(run.ended());
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

	/**
	 * Sees whether a run ends when the one session of a one-shot has ended.
	 *
	 * @param owner decides what follows
	 * @param early gets it
	 */
	private record Served(ServerRun.RunEvents owner, CompletableFuture<Boolean> early) implements ServerRun.RunEvents {

		@Override
		public void ended(ServerRun run) {
			this.owner.ended(run);
		}

		@Override
		public void over(ServerRun run) {
			this.owner.over(run);
		}

		@Override
		public void served(ServerRun run) {
			this.early.complete(run.isEnding());
			this.owner.served(run);
		}

		@Override
		public void permitsFree() {
			this.owner.permitsFree();
		}

	}

}
