package dev.socketserver.netty.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.Signals;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that is killed and started again, in a JVM of its own, while a client sends
 * numbered messages. The server keeps every byte that it reads in a file for each of its
 * lives, so that what it got is known however it ends.
 * <p>
 * What holds: of each life the messages are without a gap, in order. The next life begins
 * with the first message whose send had not completed: nothing else is repeated, and
 * nothing is left out but what the operating system had taken and the server that was
 * killed had not read any more. Every other server stands still before it is killed, so
 * that no message longer than the buffers of both sockets can have been taken: a send
 * that completes too early, and so a message that is lost, is seen there. Over TLS no one
 * knows how much of what was encrypted the system has taken: there whole messages, as
 * many as are given to it at once, arrive twice.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
@Tag("long")
class ClientKillTests {

	private static final long SEED = Long.getLong("kill.seed", System.nanoTime());

	private static final int KILLS = Rounds.of("kill.rounds", 2, 10);

	/** Of the server, which goes and comes back. */
	private static final String ADDRESS = "127.77.19.8";

	private static final int PERIOD_MILLIS = 5;

	/** How long anything may take, on a busy machine too. */
	private static final int LIMIT_MINUTES = 4;

	/** As many are given to the system at once, if not more are in one message. */
	private static final int AT_ONCE = 64 * 1024;

	/** Of each socket, in each direction. The system makes it twice as much. */
	private static final int SOCKET_BUFFER = 64 * 1024;

	/** Takes longer than one write, and has no room in the buffers of two sockets. */
	private static final int LONG = 600_000;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@TempDir
	Path directory;

	/** Of each message sent, in order. */
	private final List<CompletableFuture<Void>> sent = new CopyOnWriteArrayList<>();

	private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();

	@Every.OneTransport
	void nothingIsLostButWhatTheKilledServerHadNotReadAndNothingRepeatedButTheMessageInFlight(SocketTransport transport)
			throws Exception {
		killAgainAndAgain(transport, false);
	}

	/** Each life has a certificate of its own, as after a renewal. */
	@Every.OneTransport
	void overTlsNothingIsRepeatedButWhatWasInFlight(SocketTransport transport) throws Exception {
		killAgainAndAgain(transport, true);
	}

	private void killAgainAndAgain(SocketTransport transport, boolean secured) throws Exception {
		Random random = new Random(SEED);
		int port = Ports.free();
		SocketClient client = this.fixture.start(port,
				(spec) -> spec.host(ADDRESS)
					.transport(transport)
					.options(bounded())
					.tls(secured ? tls() : null)
					.connectTimeout(Duration.ofMinutes(1))
					.limits((l) -> l.frame(2 * LONG))
					.outbound((o) -> o.capacity(1_000_000).bytes(1 << 30)));
		ClientStatistics statistics = client.statistics();
		// The first message that had not been sent, at each disconnect.
		List<Integer> next = new ArrayList<>();
		int inFlight = Integer.MAX_VALUE;
		this.sender.scheduleAtFixedRate(() -> send(client, 0), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
		try {
			for (int life = 0; life <= KILLS; life++) {
				String keys = secured ? keys(life).toString() : "";
				try (OtherJvm server = new OtherJvm(List.of(), List.of(), Recorder.class, ADDRESS, "" + port,
						file(life).toString(), keys)) {
					int lives = life + 1;
					until(() -> statistics.connected() == lives);
					long more = statistics.delivered() + 20 + random.nextInt(100);
					until(() -> statistics.delivered() >= more);
					if (life == KILLS) {
						end(client, server);
						break;
					}
					inFlight = (life % 2 == 0) ? stop(client, server) : Integer.MAX_VALUE;
					server.kill();
				}
				int ended = 2 * (life + 1);
				until(() -> this.fixture.events.size() == ended);
				int sentByNow = sentByNow(statistics);
				assertThat(sentByNow).as("messages that had been sent when life %s ended", life)
					.isLessThanOrEqualTo(inFlight);
				next.add(sentByNow);
				long more = statistics.accepted() + random.nextInt(50);
				until(() -> statistics.accepted() >= more);
			}
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError("With -Dkill.seed=" + SEED, ex);
		}
		finally {
			this.sender.shutdownNow();
		}
		Patience.within(() -> assertThat(this.fixture.events).hasSize(2 * KILLS + 3).last().isEqualTo("closed"));
		for (int i = 0; i < this.fixture.events.size() - 1; i++) {
			assertThat(this.fixture.events.get(i)).as("%s", this.fixture.events)
				.startsWith((i % 2 == 0) ? "connected" : "disconnected ");
		}
		assertReceived(next, secured);
	}

	private static ClientTls tls() {
		TlsMaterial trusting = Certificates.material(List.of(), List.of(Certificates.TRUSTED.trust()));
		return new ClientTls(new TlsBundle("recorder", trusting), "recorder.test");
	}

	/** Makes the file with the key and the certificate of a life. */
	private Path keys(int life) throws Exception {
		Path file = this.directory.resolve("keys-" + life);
		Certificates.TRUSTED.store("recorder.test", file);
		return file;
	}

	private static void until(BooleanSupplier condition) {
		Awaitility.await().atMost(LIMIT_MINUTES, TimeUnit.MINUTES).until(condition::getAsBoolean);
	}

	private Path file(int life) {
		return this.directory.resolve("life-" + life);
	}

	private void send(SocketClient client, int length) {
		this.sent.add(client.send(message(this.sent.size(), length)));
	}

	/** Some are long, so that a connection may break within one. */
	private static String message(int number, int length) {
		return number + ":" + "x".repeat((length == 0) ? usualPadding(number) : length);
	}

	private static int usualPadding(int number) {
		return (number % 50 == 49) ? 200_000 : 0;
	}

	/**
	 * Has a message be in flight: the system takes no more.
	 * @return the number of the first that cannot be sent as a whole
	 */
	private int stop(SocketClient client, OtherJvm server) throws Exception {
		Signals.send(server.pid(), "STOP");
		int first = this.sender.submit(() -> {
			int number = this.sent.size();
			for (int i = 0; i < 10; i++) {
				send(client, LONG);
			}
			return number;
		}).get();
		until(() -> client.statistics().pendingBytes() > 2 * LONG);
		return first;
	}

	private static SocketOptions bounded() {
		return SocketOptions.DEFAULT.receiveBuffer(SOCKET_BUFFER).sendBuffer(SOCKET_BUFFER);
	}

	/** Ends in good order: everything is sent, and received. */
	private void end(SocketClient client, OtherJvm server) throws Exception {
		this.sender.shutdown();
		assertThat(this.sender.awaitTermination(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
		CompletableFuture.allOf(this.sent.toArray(CompletableFuture[]::new)).get(LIMIT_MINUTES, TimeUnit.MINUTES);
		client.close();
		client.closed().get(LIMIT_MINUTES, TimeUnit.MINUTES);
		server.await("the client has gone");
	}

	/** Returns how many were sent, the first ones, while there is no connection. */
	private int sentByNow(ClientStatistics statistics) {
		int count = (int) statistics.delivered();
		until(() -> this.sent.stream().filter(CompletableFuture::isDone).count() >= count);
		List<CompletableFuture<Void>> all = List.copyOf(this.sent);
		assertThat(all.subList(0, count)).allMatch((future) -> future.isDone() && !future.isCompletedExceptionally());
		assertThat(all.subList(count, all.size())).noneMatch(CompletableFuture::isDone);
		assertThat(statistics.delivered()).isEqualTo(count);
		return count;
	}

	private void assertReceived(List<Integer> next, boolean secured) throws IOException {
		int expected = 0;
		for (int life = 0; life <= KILLS; life++) {
			// It may have been killed before it had begun with the connection.
			String all = Files.exists(file(life)) ? Files.readString(file(life)) : "";
			String[] messages = all.split("\n", -1);
			for (int i = 0; i < messages.length; i++) {
				boolean whole = i < messages.length - 1;
				assertMessage(messages[i], expected, whole, life);
				if (whole) {
					expected++;
				}
			}
			if (life < KILLS) {
				// What is between the two was on its way.
				int nextLife = next.get(life);
				assertThat(expected).as("first message that life %s did not get, seed %s", life, SEED)
					.isLessThanOrEqualTo(secured ? nextLife + atOnce(nextLife) : nextLife);
				expected = nextLife;
			}
		}
		assertThat(expected).as("messages, seed %s", SEED).isEqualTo(this.sent.size());
	}

	/** How many messages from one on, at most, were given to the system at once. */
	private static int atOnce(int first) {
		int count = 0;
		for (int bytes = 0; bytes <= AT_ONCE; count++) {
			bytes += message(first + count, 0).length() + 1;
		}
		return count;
	}

	private static void assertMessage(String actual, int number, boolean whole, int life) {
		String name = "message %s of life %s with seed %s".formatted(number, life, SEED);
		String begin = number + ":";
		int padding = actual.length() - begin.length();
		boolean fits = (padding < 0) ? !whole && begin.startsWith(actual)
				: actual.startsWith(begin) && actual.chars().skip(begin.length()).allMatch((each) -> each == 'x')
						&& (whole ? (padding == usualPadding(number) || padding == LONG) : padding <= LONG);
		assertThat(fits)
			.as("%s, which begins with %s and has %s characters", name,
					actual.substring(0, Math.min(20, actual.length())), actual.length())
			.isTrue();
	}

	/** Keeps what it reads. */
	static final class Recorder {

		private Recorder() {
		}

		public static void main(String[] args) throws Exception {
			Path file = Path.of(args[2]);
			NettySocketServers servers = new NettySocketServers(List.of());
			servers.register(ServerSpec.builder("recorder")
				.address(args[0])
				.port(Integer.parseInt(args[1]))
				.options(bounded())
				.tls(args[3].isEmpty() ? null : Certificates.stored(args[3]))
				.handler(ServerHandler.stream("record", (in, out, session) -> {
					// Each write is with the system when it returns.
					try (OutputStream kept = Files.newOutputStream(file, StandardOpenOption.CREATE,
							StandardOpenOption.APPEND)) {
						in.transferTo(kept);
					}
					OtherJvm.say("the client has gone");
				}))
				.build()).start();
		}

	}

}
