package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.log.SilencedLog;
import dev.socketserver.payload.PayloadConverter;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server that the application and operators start, stop, restart, drain and pause,
 * while connections are made and lost and its port is freed late. It comes to rest as
 * what was wanted last, listeners are notified of each start and its stop in turn, and
 * nothing is left of a run that has ended.
 */
class ServerInterleavingTests {

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketServer.class);

	@Test
	void aServerComesToRestAsWhatWasWantedLast() {
		Interleavings.stressed(Model.class);
	}

	/** A server without a network. */
	public static class Model implements SocketServerListener {

		private static final ServerSpec SPEC = ServerSpec.builder("test")
			.threads((t) -> t.serverDaemon(true))
			.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
			.build();

		private final ManualTimer timer = new ManualTimer();

		/** What listeners were notified of. */
		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		private final List<ServerRun> runs = new CopyOnWriteArrayList<>();

		/** The connections, by the runs that have accepted them. */
		private final Queue<ServerRun> connections = new ConcurrentLinkedQueue<>();

		private final List<CompletableFuture<?>> ends = Collections.synchronizedList(new ArrayList<>());

		private volatile boolean failing;

		private final ManagedServer server = new ManagedServer(SPEC, ManualEngine.with(this.timer, this),
				new SessionRegistry("test"), this::begin);

		@Override
		public void started(SocketServer started) {
			this.events.add("started");
		}

		@Override
		public void stopped(SocketServer stopped) {
			this.events.add("stopped");
		}

		@Operation
		public void start() {
			try {
				this.server.start();
			}
			catch (IllegalStateException | ServerStartException ex) {
				// It is stopping, was stopped meanwhile, or cannot have its port.
			}
		}

		@Operation
		public void stop() {
			this.server.beginStop(Duration.ZERO);
			this.ends.add(this.server.stopped());
		}

		@Operation
		public void stopLater() {
			this.server.beginStop(Duration.ofSeconds(10));
		}

		@Operation
		public void restart() {
			this.server.restart(Duration.ZERO);
		}

		@Operation
		public void drain() {
			this.ends.add(this.server.drain(Duration.ofSeconds(1)));
		}

		@Operation
		public void pauseAndResume() {
			this.server.pause();
			this.server.resume();
		}

		@Operation
		public void take() {
			this.failing = !this.failing;
		}

		@Operation(nonParallelGroup = "loop")
		public void connect() {
			ServerRun current = this.server.lifecycle().run();
			if (current != null && !current.closing() && current.admission().admit(null, false, false) == null) {
				this.connections.add(current);
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void end() {
			ServerRun of = this.connections.poll();
			if (of != null) {
				of.connectionEnded(true);
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void freePorts() {
			for (ServerRun run : this.runs) {
				for (RunListener listener : run.listeners()) {
					if (run.closing() && listener.port().free().complete(null)) {
						run.portFree();
					}
				}
			}
		}

		@Operation(nonParallelGroup = "timer")
		public void tick() {
			this.timer.runNext();
		}

		@Validate
		public void itRests() throws Exception {
			this.failing = false;
			rest();
			boolean listens = this.server.lifecycle().isRunning();
			ServerRun current = this.server.lifecycle().run();
			check(listens == (current != null && !current.closing() && !current.isStopping()),
					"A server that is " + this.server.state() + " has another run");
			check(this.server.lifecycle().isWanted() == listens || this.server.state() == ServerState.FAILED,
					"A server that is not wanted, or wanted, is " + this.server.state());
			this.server.beginStop(Duration.ZERO);
			rest();
			Patience.await(this.server.notified());
			check(this.server.state() == ServerState.STOPPED, "A server that is stopped is " + this.server.state());
			for (CompletableFuture<?> end : this.ends) {
				Patience.await(end);
			}
			for (ServerRun run : this.runs) {
				Patience.await(run.ended());
				check(run.admission().isIdle(), "A run that has ended has permits");
			}
			int number = 0;
			for (String what : this.events) {
				check(what.equals((number++ % 2 == 0) ? "started" : "stopped"),
						"Listeners were notified of " + this.events);
			}
			check(number % 2 == 0, "Listeners were notified of " + this.events);
		}

		/**
		 * Has all connections end and all ports become free, until nothing is under way.
		 */
		private void rest() {
			long begin = System.nanoTime();
			long patience = Patience.limit().toNanos();
			while (!this.server.lifecycle().isAtRest()) {
				while (!this.connections.isEmpty()) {
					end();
				}
				freePorts();
				check(System.nanoTime() - begin < patience, "The server stays " + this.server.state());
				Thread.yield();
			}
			while (!this.connections.isEmpty()) {
				end();
			}
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

		private ServerRun begin(ServerContext context, ServerRun.RunEvents owner, List<Admission> earlier) {
			if (this.failing) {
				throw new ServerStartException("test", new InetSocketAddress(0), Problem.OTHER,
						new IllegalStateException("the port is taken"));
			}
			ServerRun begun = ManualPort.run(context, owner, earlier);
			this.runs.add(begun);
			return begun;
		}

	}

}
