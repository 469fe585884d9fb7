package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server with five listeners, of which some fail, heal, are paused and resumed, while
 * the server stops, drains, starts and restarts, beside a model that says what each
 * listener does then. A failure names its seed: {@code -Dlisteners.seed=…
 * -Dlisteners.rounds=1} runs the round again.
 */
class ListenersModelTests {

	private static final long SEED = Long.getLong("listeners.seed", 20_261_128L);

	private static final int ACTIONS = 12;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@TempDir
	Path directory;

	@Test
	void listenersDoAsTheModelSays() throws Exception {
		for (int round = 0; round < Rounds.of("listeners.rounds", 1, 100); round++) {
			new Model("gateway-" + round, SEED + round).run();
		}
	}

	/** What listeners do, as far as it is known from what was done to them. */
	private final class Model {

		private static final List<String> ALL = List.of("datagrams", "local", "main", "other", "tls");

		private final String as;

		private final Random random;

		private final SocketServer server;

		private final Path files;

		private final List<String> done = new ArrayList<>();

		private final Set<String> paused = new TreeSet<>();

		/** Unix sockets without a directory. */
		private final Set<String> broken = new TreeSet<>();

		private ServerState state = ServerState.RUNNING;

		/** A session that is to survive whatever happens to listeners. */
		private @Nullable Peer survivor;

		Model(String name, long seed) throws IOException {
			this.as = "-Dlisteners.seed=" + seed;
			this.random = new Random(seed);
			this.files = Files.createDirectory(ListenersModelTests.this.directory.resolve(name));
			Files.createDirectory(path("local").getParent());
			Files.createDirectory(path("other").getParent());
			SessionHandler handler = (payload, session) -> session.listener() + " " + payload;
			this.server = ListenersModelTests.this.fixture.servers.register(ServerSpec.builder(name)
				.handler(ServerFixture.messages("gateway", handler))
				.port(0)
				.drainTimeout(Duration.ofSeconds(60))
				.listener("tls",
						(listener) -> listener.port(0)
							.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))))
				.listener("local", (listener) -> listener.domainSocket((unix) -> unix.path("" + path("local"))))
				.listener("other", (listener) -> listener.domainSocket((unix) -> unix.path("" + path("other"))))
				.listener("datagrams", (listener) -> listener.port(0).udp((udp) -> udp.amplification(100)))
				.build());
			this.server.start();
		}

		private Path path(String listener) {
			return this.files.resolve(listener).resolve("socket");
		}

		void run() throws Exception {
			try {
				check();
				for (int i = 0; i < ACTIONS; i++) {
					act();
					check();
				}
			}
			finally {
				if (this.survivor != null) {
					this.survivor.close();
				}
				this.server.stop();
			}
		}

		private void act() throws Exception {
			String one = ALL.get(this.random.nextInt(ALL.size()));
			String file = this.random.nextBoolean() ? "local" : "other";
			switch (this.random.nextInt(9)) {
				case 0, 1 -> {
					this.done.add("fail " + file);
					if (this.broken.add(file)) {
						// At once: where it could be made again in between, it might be.
						Files.move(path(file).getParent(), this.files.resolve("gone-" + this.done.size()));
					}
				}
				case 2, 3 -> heal(file);
				case 4 -> {
					this.done.add("pause " + one);
					assertThat(isUp() && this.server.pause(one)).as(toString())
						.isEqualTo(isUp() && this.paused.add(one));
				}
				case 5 -> {
					this.done.add("resume " + one);
					assertThat(isUp() && this.server.resume(one)).as(toString())
						.isEqualTo(isUp() && this.paused.remove(one));
				}
				case 6 -> {
					this.done.add("pause or resume all");
					boolean all = this.paused.size() == ALL.size();
					assertThat(isUp() && (all ? this.server.resume() : this.server.pause())).as(toString())
						.isEqualTo(isUp());
					if (isUp()) {
						this.paused.clear();
						this.paused.addAll(all ? List.of() : ALL);
					}
				}
				case 7 -> restart();
				default -> stopOrStart();
			}
			if (isUp()) {
				this.state = (this.paused.size() == ALL.size()) ? ServerState.PAUSED : ServerState.RUNNING;
			}
		}

		private void heal(String file) throws IOException {
			this.done.add("heal " + file);
			if (this.broken.remove(file)) {
				Files.createDirectory(path(file).getParent());
			}
		}

		private void restart() throws Exception {
			this.done.add("restart");
			if (isUp()) {
				endSurvivor();
				this.server.restart(Duration.ofSeconds(60));
				this.paused.clear();
				this.state = this.broken.isEmpty() ? ServerState.RUNNING : ServerState.FAILED;
				Awaitility.await().until(() -> this.server.state() == this.state);
			}
		}

		private void stopOrStart() throws Exception {
			if (!isUp()) {
				this.done.add("start");
				try {
					this.server.start();
					assertThat(this.broken).as(toString()).isEmpty();
					this.state = ServerState.RUNNING;
				}
				catch (ServerStartException ex) {
					// All or none.
					assertThat(this.broken).as(toString()).contains(Objects.requireNonNull(ex.listener()));
					this.state = ServerState.FAILED;
				}
				return;
			}
			boolean drains = this.survivor != null && this.random.nextBoolean();
			this.done.add(drains ? "drain" : "stop");
			if (drains) {
				CompletableFuture<?> over = this.server.drain(Duration.ofSeconds(60));
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.server.listeners()).as(toString())
						.extracting(ListenerStatus::state)
						.containsOnly(ListenerState.CLOSED));
				assertThat(this.server.state()).isEqualTo(ServerState.DRAINING);
				endSurvivor();
				Patience.await(over);
			}
			else {
				endSurvivor();
				this.server.stop();
			}
			Awaitility.await().until(() -> this.server.state() == ServerState.STOPPED);
			this.state = ServerState.STOPPED;
			this.paused.clear();
		}

		private boolean isUp() {
			return this.state == ServerState.RUNNING || this.state == ServerState.PAUSED;
		}

		private void endSurvivor() throws IOException {
			if (this.survivor != null) {
				this.survivor.close();
				this.survivor = null;
			}
		}

		/** What a listener does; {@code null} where it may not have noticed. */
		private @Nullable ListenerState expected(String listener) {
			if (!isUp()) {
				return ListenerState.CLOSED;
			}
			return this.paused.contains(listener) ? ListenerState.PAUSED
					: this.broken.contains(listener) ? ListenerState.FAILED : ListenerState.LISTENING;
		}

		private void check() throws Exception {
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						this.server.listeners().stream().map((each) -> each.name() + " " + each.state()))
					.as(toString())
					.containsExactlyElementsOf(ordered().map((each) -> each + " " + expected(each)).toList()));
			assertThat(this.server.state()).as(toString()).isEqualTo(this.state);
			if (this.survivor != null) {
				assertThat(this.survivor.ask("still")).as(toString()).isEqualTo("main still");
			}
			for (String each : ALL) {
				if (expected(each) == ListenerState.LISTENING) {
					assertThat(ask(each)).as("%s answers: %s", each, this).isEqualTo(each + " x");
				}
			}
			if (this.survivor == null && expected("main") == ListenerState.LISTENING) {
				Peer peer = new Peer(ServerFixture.port(this.server, "main"), 0);
				peer.ask("here");
				this.survivor = peer;
			}
		}

		/** As the server has them: its own place first. */
		private Stream<String> ordered() {
			return ALL.stream()
				.sorted(Comparator.comparing((String each) -> !each.equals("main")).thenComparing((each) -> each));
		}

		private String ask(String listener) throws Exception {
			switch (listener) {
				case "tls" -> {
					try (Peer peer = new Peer(ServerFixture.port(this.server, "tls"), 0,
							Certificates.TRUSTED.client())) {
						return peer.ask("x");
					}
				}
				case "main" -> {
					try (Peer peer = new Peer(ServerFixture.port(this.server, "main"), 0)) {
						return peer.ask("x");
					}
				}
				case "datagrams" -> {
					try (DatagramPeer peer = new DatagramPeer(new InetSocketAddress(InetAddress.getLoopbackAddress(),
							ServerFixture.port(this.server, "datagrams")))) {
						return peer.ask("x");
					}
				}
				default -> {
					try (UnixPeer peer = UnixPeer.connect(path(listener))) {
						return peer.ask("x");
					}
				}
			}
		}

		@Override
		public String toString() {
			return this.as + " " + this.done.stream().collect(Collectors.joining(", "));
		}

	}

}
