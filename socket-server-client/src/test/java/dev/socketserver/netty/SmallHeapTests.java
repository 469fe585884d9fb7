package dev.socketserver.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Small heaps, and peers that read nothing.
 */
class SmallHeapTests {

	private static final long MB = 1024 * 1024;

	@Test
	void defaultIsAQuarterOfTheHeapOrOfTheDirectMemoryLimit() throws Exception {
		try (Jvm jvm = new Jvm("-Xmx2g", "-XX:MaxDirectMemorySize=128m")) {
			assertThat(jvm.limit).isEqualTo(32 * MB);
		}
		try (Jvm jvm = new Jvm("-Xmx128m", "-XX:+UseG1GC", "-XX:MaxDirectMemorySize=4g")) {
			assertThat(jvm.limit).isEqualTo(32 * MB);
		}
		try (Jvm jvm = new Jvm("-Xmx2g", "-XX:MaxDirectMemorySize=4g")) {
			assertThat(jvm.limit).isEqualTo(256 * MB);
		}
	}

	static Stream<Arguments> transportsAndOptions() {
		return Rounds.some(2, Arguments.of(SocketTransport.NIO, "-Xmx256m -XX:MaxDirectMemorySize=128m"),
				Arguments.of(SocketTransport.EPOLL, "-Dtls=true -Xmx96m -XX:MaxDirectMemorySize=64m"),
				Arguments.of(SocketTransport.EPOLL, "-Xmx256m -XX:MaxDirectMemorySize=128m"),
				Arguments.of(SocketTransport.EPOLL, "-Xmx64m -XX:MaxDirectMemorySize=64m"),
				Arguments.of(SocketTransport.EPOLL, "-Dtls=true -Xmx256m -XX:MaxDirectMemorySize=128m"),
				Arguments.of(SocketTransport.NIO, "-Dtls=true -Xmx256m -XX:MaxDirectMemorySize=128m"));
	}

	static Stream<String> smallHeaps() {
		return Rounds.some(1, "-Xmx64m", "-Xmx96m -Dtls=true");
	}

	/**
	 * Each peer could have the server hold 256 KB of output, and as much of input: three
	 * times what there may be.
	 */
	@Tag("long")
	@ParameterizedTest
	@MethodSource("transportsAndOptions")
	void peersThatReadNothingHarmNobody(SocketTransport transport, String options) throws Exception {
		assumeTrue(ServerFixture.transports().anyMatch((each) -> each == transport));
		List<Peer> peers = new ArrayList<>();
		try (Jvm jvm = new Jvm((options + " -Dtransport=" + transport).split(" "))) {
			try (Peer others = jvm.peer(0)) {
				assertThat(others.ask("hello")).isEqualTo("hello");
				byte[] requests = "block\n".repeat(1000).getBytes(UTF_8);
				for (int i = 0; i < 200; i++) {
					Peer peer = jvm.peer(16 * 1024);
					peers.add(peer);
					peer.send(requests);
				}
				askUntil(others, () -> jvm.cut.get() > 0);

				// The machine may be busy with what was asked for before, or others.
				Patience.within(() -> assertThat(median(others)).isLessThan(TimeUnit.MILLISECONDS.toNanos(100)));
			}
			jvm.assertLives();
			assertThat(jvm.failures).isEmpty();
			assertThat(jvm.cut.get()).isBetween(1, 199);
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/** Each peer sends the most of a frame that it can without ending it. */
	@Tag("long")
	@ParameterizedTest
	@MethodSource("smallHeaps")
	void partsOfFramesDoNotFillASmallHeap(String options) throws Exception {
		List<Peer> peers = new ArrayList<>();
		try (Jvm jvm = new Jvm(options.split(" "))) {
			try (Peer others = jvm.peer(0)) {
				for (int i = 0; i < 300; i++) {
					Peer peer = jvm.peer(0);
					peers.add(peer);
					Thread sender = new Thread(() -> {
						try {
							peer.send(new byte[600 * 1024]);
						}
						catch (IOException ex) {
							// As it should.
						}
					});
					sender.setDaemon(true);
					sender.start();
				}
				askUntil(others, () -> jvm.cut.get() > 0);
				askUntil(others, new Countdown(200));
			}
			jvm.assertLives();
			assertThat(jvm.failures).isEmpty();
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	private static long median(Peer peer) {
		try {
			long[] nanos = askUntil(peer, new Countdown(1000));
			Arrays.sort(nanos);
			return nanos[nanos.length / 2];
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long[] askUntil(Peer peer, BooleanSupplier done) throws IOException {
		LongStream.Builder nanos = LongStream.builder();
		long begin = System.nanoTime();
		do {
			long start = System.nanoTime();
			assertThat(start - begin).as("waits for it")
				.isLessThan(Patience.stretched(Duration.ofMinutes(2)).toNanos());
			assertThat(peer.ask("hello")).isEqualTo("hello");
			nanos.add(System.nanoTime() - start);
		}
		while (!done.getAsBoolean());
		return nanos.build().toArray();
	}

	/** Is over after a number of times. */
	private static final class Countdown implements BooleanSupplier {

		private int left;

		Countdown(int times) {
			this.left = times;
		}

		@Override
		public boolean getAsBoolean() {
			return --this.left <= 0;
		}

	}

	/** A server in a JVM of its own, and what it says. */
	private static final class Jvm implements AutoCloseable {

		final AtomicInteger cut = new AtomicInteger();

		final Queue<String> failures = new ConcurrentLinkedQueue<>();

		final int port;

		final long limit;

		private final boolean secured;

		private final Process process;

		Jvm(String... options) throws Exception {
			this.secured = List.of(options).contains("-Dtls=true");
			List<String> command = new ArrayList<>();
			command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
			command.addAll(List.of(options));
			command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dio.netty.jfr.enabled=false", "-cp",
					System.getProperty("java.class.path"), Program.class.getName()));
			this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
			BufferedReader output = new BufferedReader(new InputStreamReader(this.process.getInputStream(), UTF_8));
			String line = output.readLine();
			while (line != null && !line.startsWith("listens ")) {
				line = output.readLine();
			}
			assertThat(line).as("what the JVM says").isNotNull();
			String[] words = line.split(" ");
			this.port = Integer.parseInt(words[1]);
			this.limit = Long.parseLong(words[2]);
			Thread reader = new Thread(() -> output.lines().forEach(this::said));
			reader.setDaemon(true);
			reader.start();
		}

		private void said(String line) {
			if (line.equals("closed " + CloseReason.MEMORY)) {
				this.cut.incrementAndGet();
			}
			else if (line.contains("OutOfMemory") || line.contains("LEAK")) {
				this.failures.add(line);
			}
		}

		Peer peer(int receiveBuffer) throws IOException {
			return this.secured ? new Peer(this.port, receiveBuffer, Certificates.credulous())
					: new Peer(this.port, receiveBuffer);
		}

		void assertLives() {
			assertThat(this.process.isAlive()).isTrue();
		}

		@Override
		public void close() {
			this.process.destroyForcibly().onExit().join();
		}

	}

	/** Serves, and says which sessions are closed and why. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) {
			NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

				@Override
				public void closed(SocketSession session, CloseStatus status) {
					System.out.println("closed " + status.reason());
				}

			}));
			boolean secured = Boolean.getBoolean("tls");
			SocketServer server = MemoryLimitTests.start(servers, "program",
					SocketTransport.valueOf(System.getProperty("transport", "AUTO")),
					secured ? Certificates.patient(Certificates.TRUSTED.bundle("localhost")) : null);
			System.out.println("listens " + server.localAddress().getPort() + " " + servers.memoryLimit());
		}

	}

}
