package dev.socketserver.engine.connect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.fixtures.log.SilencedLog;
import dev.socketserver.payload.PayloadConverter;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client that the application, operators, its timer and its loop start, stop, suspend
 * and disconnect: one that is wanted goes on to connect, has one connection at a time,
 * and one that is stopped gives everything back.
 */
class ClientInterleavingTests {

	@RegisterExtension
	private static final SilencedLog log = new SilencedLog(SocketClient.class);

	@Test
	void aClientThatIsWantedConnectsAndOneThatIsStoppedStops() {
		Interleavings.stressed(Model.class);
	}

	/** A client without a network: its attempts fail, unless the test connects them. */
	public static class Model {

		/** More than any schedule needs to be at rest. */
		private static final int ENOUGH = 200;

		private final ManualTimer timer = new ManualTimer();

		private final ModelThreads threads = new ModelThreads();

		private final SharedResources engine = ManualEngine.with(this.timer);

		private final ManagedClient client = new ManagedClient(
				ClientSpec.builder("it")
					.port(() -> 0)
					.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8),
							(line) -> null))
					.build(),
				this.engine, this.threads::add, new Listeners<>(List::of, this.timer),
				SessionRegistry.ofClient("it", new AtomicLong(), null), (context) -> new ModelConnector(Attempt::new));

		/** The attempt that is under way. */
		private final AtomicReference<@Nullable Attempt> attempt = new AtomicReference<>();

		private final List<CompletableFuture<?>> stops = Collections.synchronizedList(new ArrayList<>());

		private final AtomicInteger sent = new AtomicInteger();

		private final AtomicInteger outcomes = new AtomicInteger();

		private final AtomicInteger cancelled = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		/** The connection. On the loop. */
		private @Nullable Link link;

		private volatile String wrong = "";

		@Operation
		public void start() {
			try {
				this.client.start();
			}
			catch (IllegalStateException ex) {
				// It is stopping.
			}
		}

		@Operation
		public void stop() {
			this.stops.add(this.client.stop());
		}

		@Operation
		public void disconnect() {
			this.client.disconnect();
		}

		@Operation
		public void reconnect() {
			this.client.reconnect();
		}

		@Operation
		public void send() {
			this.sent.incrementAndGet();
			this.client.send("x").whenComplete((nothing, failure) -> this.outcomes.incrementAndGet());
		}

		/** Runs a task of the client. */
		@Operation
		public void work() {
			this.threads.worked();
		}

		@Operation(nonParallelGroup = "lane")
		public void runLanes() {
			this.threads.ranLane();
		}

		/** Has attempts fail, and begins the next. */
		@Operation(nonParallelGroup = "timer")
		public void tick() {
			this.timer.runNext();
		}

		@Operation(nonParallelGroup = "loop")
		public void connect() {
			Attempt under = this.attempt.get();
			if (under == null || !under.settle()) {
				return;
			}
			if (this.link != null) {
				this.wrong = "There are two connections";
			}
			this.link = new Link(under);
			this.link.open();
		}

		@Operation(nonParallelGroup = "loop")
		public void lose() {
			Link over = this.link;
			if (over != null) {
				this.link = null;
				over.lose();
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void loop() {
			looped();
		}

		private boolean looped() {
			Link open = this.link;
			if (open == null) {
				return false;
			}
			boolean ran = open.connection.runLoop();
			if (!open.connection.pending.isEmpty()) {
				open.connection.complete(null);
				ran = true;
			}
			if (open.connection.events.contains("close") || open.connection.events.contains("abort")) {
				lose();
				ran = true;
			}
			return ran;
		}

		@Validate
		public void itGoesOnUntilItIsStopped() {
			settle();
			boolean wanted = this.client.state() != ClientState.STOPPED && this.client.state() != ClientState.CLOSING
					&& !this.client.suspended();
			for (int i = 0; wanted && this.link == null && i < ENOUGH; i++) {
				connect();
				if (this.link == null) {
					tick();
					settle();
				}
			}
			settle();
			check(!wanted || this.client.state() == ClientState.CONNECTED,
					"A client that is to be connected stays " + this.client.state());
			stop();
			for (int i = 0; this.client.state() != ClientState.STOPPED && i < ENOUGH; i++) {
				settle();
				tick();
			}
			settle();
			check(this.client.state() == ClientState.STOPPED, "A client that is stopped stays " + this.client.state());
			check(this.stops.stream().allMatch(CompletableFuture::isDone), "Somebody waits for a stop that is over");
			// What was sent to a client that has not been started.
			this.client.close();
			check(this.outcomes.get() == this.sent.get(),
					this.outcomes + " payloads have an outcome, and " + this.sent + " were sent");
			check(this.engine.memory().used() == 0, "It holds " + this.engine.memory().used() + " bytes");
			ClientStatistics counted = this.client.statistics();
			check(counted.attempts() == counted.connected() + this.cancelled.get() + this.failed.get(),
					"The attempts do not add up: " + counted);
			check(counted.connected() == sum(counted.closed()), "The connections do not add up: " + counted);
			check(this.wrong.isEmpty(), this.wrong);
		}

		/** Lets everything happen that needs no time. */
		private void settle() {
			int i = 0;
			while (this.threads.worked() | this.threads.ranLane() | looped()) {
				check(++i < ENOUGH, "It does not come to rest");
			}
		}

		private static long sum(Map<?, Long> counts) {
			return counts.values().stream().mapToLong(Long::longValue).sum();
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

		/** Fails when its time is over, unless the test connects it before. */
		private final class Attempt implements ConnectionAttempt {

			private final ClientConnection connection;

			private final AtomicBoolean settled = new AtomicBoolean();

			private volatile @Nullable Link led;

			Attempt(ClientConnection connection) {
				this.connection = connection;
			}

			boolean settle() {
				Model.this.attempt.compareAndSet(this, null);
				return this.settled.compareAndSet(false, true);
			}

			@Override
			public void begin() {
				Model.this.attempt.set(this);
				Model.this.timer.schedule(this::fail, 10, TimeUnit.SECONDS);
			}

			private void fail() {
				if (settle()) {
					Model.this.failed.incrementAndGet();
					this.connection.failed(ConnectFailure.TIMEOUT, new IOException("nobody answers"));
				}
			}

			@Override
			public void use() {
				throw new IllegalStateException("There is one address only");
			}

			@Override
			public boolean cancel() {
				boolean first = settle();
				if (first) {
					Model.this.cancelled.incrementAndGet();
					this.connection.cancelled();
				}
				return first;
			}

			@Override
			public boolean isSettled() {
				return this.settled.get();
			}

			@Override
			public int nextAddress() {
				return 1;
			}

			@Override
			public void execute(Runnable task) {
				Link to = this.led;
				check(to != null, "There is no connection yet");
				to.connection.execute(task);
			}

		}

		/** A connection without a socket. */
		private final class Link {

			private final FakeConnection connection = new FakeConnection();

			private final ClientConnection of;

			private final Session session;

			Link(Attempt attempt) {
				this.of = attempt.connection;
				attempt.led = this;
				InetSocketAddress address = new InetSocketAddress(0);
				this.connection.completing = false;
				this.session = new Session(this.of.sessionContext(), this.connection, address, address,
						Model.this.threads, new LoopScratch());
			}

			void open() {
				this.of.opening(this.session);
				this.session.open();
			}

			void lose() {
				this.session.disconnected(null);
				this.of.disconnected(this.session);
			}

		}

	}

}
