package dev.socketserver.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.redis.LoginApplication.server;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What sends through the cluster cost, with {@code -Psoak}. Best without Netty's search
 * for leaks and with all compilers of the JVM.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
class RedisClusterLoadTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private RedisServer redis;

	private SocketCluster a;

	@BeforeEach
	void start() throws Exception {
		this.redis = this.opened.add(RedisServer.open());
		ConfigurableApplicationContext one = application("a");
		ConfigurableApplicationContext other = application("b");
		this.a = one.getBean(SocketCluster.class);
		Awaitility.await().until(() -> this.a.nodes().size() == 2);
		connect(one, "here");
		connect(other, "there");
	}

	private ConfigurableApplicationContext application(String node) {
		return this.opened.add(LoginApplication.run(this.redis.port(), node, "--socket.cluster.lease=3s",
				"--socket.servers.login.framing=line", "--logging.level.root=warn"));
	}

	private void connect(ConfigurableApplicationContext to, String id) throws IOException {
		Socket peer = this.opened.add(new Socket("127.0.0.1", server(to).localAddress().getPort()));
		peer.getOutputStream().write((id + "\n").getBytes(StandardCharsets.UTF_8));
		InputStream in = peer.getInputStream();
		assertThat(new String(in.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("true\n");
		read(in);
	}

	private static void read(InputStream in) {
		Thread reader = new Thread(() -> {
			byte[] buffer = new byte[64 * 1024];
			try {
				while (in.read(buffer) >= 0) {
					// The peer only takes what it receives.
				}
			}
			catch (IOException ex) {
				// The end.
			}
		});
		reader.setDaemon(true);
		reader.start();
	}

	@Test
	void aDirectedSendCostsLittleMoreThanALocalOne() throws IOException {
		paced(this::send, "here", 5);
		paced(this::send, "there", 10);
		List<Double> ratios = new ArrayList<>();
		ByHand byHand = new ByHand(this.redis.port());
		this.opened.add(byHand);
		paced(byHand::send, "by hand", 10);
		for (int round = 0; round < 5; round++) {
			long nothing = paced((id) -> CompletableFuture.completedFuture(Delivery.WRITTEN), "nobody", 5);
			long here = paced(this::send, "here", 5) - nothing;
			long there = paced(this::send, "there", 10) - nothing;
			paced(byHand::send, "by hand", 10);
			ratios.add((double) there / here);
		}
		window("here");
		window("there");
		System.out.println("A directed send at 5,000/s costs " + ratios + " times the CPU of a local one");
	}

	private static long cpu() {
		return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
			.getProcessCpuTime();
	}

	private CompletableFuture<Delivery> send(String id) {
		return this.a.send("user", id, "0123456789");
	}

	/** Sends as fast as 256 under way allow. */
	private void window(String id) {
		int count = 200_000;
		Semaphore window = new Semaphore(256);
		AtomicInteger written = new AtomicInteger();
		long cpu = cpu();
		long began = System.nanoTime();
		for (int i = 0; i < count; i++) {
			window.acquireUninterruptibly();
			send(id).thenAccept((delivery) -> {
				if (delivery == Delivery.WRITTEN) {
					written.incrementAndGet();
				}
				window.release();
			});
		}
		window.acquireUninterruptibly(256);
		System.out.printf("%s: %,d/s, %,d written of %,d, %,d ns of CPU each%n", id,
				count * 1_000_000_000L / (System.nanoTime() - began), written.get(), count, (cpu() - cpu) / count);
	}

	/** Sends at 5,000/s; returns the CPU time of one. */
	private long paced(Function<String, CompletableFuture<Delivery>> sender, String id, int seconds) {
		int count = 5_000 * seconds;
		long[] took = new long[count];
		AtomicInteger written = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(count);
		long cpu = cpu();
		long began = System.nanoTime();
		for (int i = 0; i < count; i++) {
			long due = began + i * 200_000L;
			while (System.nanoTime() - due < 0) {
				LockSupport.parkNanos(100_000);
			}
			int which = i;
			sender.apply(id).thenAccept((delivery) -> {
				took[which] = System.nanoTime() - due;
				if (delivery == Delivery.WRITTEN) {
					written.incrementAndGet();
				}
				done.countDown();
			});
		}
		Patience.await(done);
		cpu = (cpu() - cpu) / count;
		Arrays.sort(took);
		System.out.printf("%s: %,d written of %,d, p50 %,d us, p99 %,d us, %,d ns of CPU each%n", id, written.get(),
				count, took[count / 2] / 1_000, took[count / 100 * 99] / 1_000, cpu);
		return cpu;
	}

	/**
	 * The same way with Lettuce alone: a lookup, a message to the other node, a write on
	 * a thread of its own, a reply, a result on another thread.
	 */
	private static final class ByHand implements AutoCloseable {

		private final RedisClient client;

		private final RedisAsyncCommands<String, byte[]> here;

		private final RedisAsyncCommands<String, byte[]> there;

		private final ConcurrentMap<Long, CompletableFuture<Delivery>> pending = new ConcurrentHashMap<>();

		private final AtomicLong last = new AtomicLong();

		private final ExecutorService loop = Executors.newSingleThreadExecutor();

		private final ExecutorService callbacks = Executors.newFixedThreadPool(8);

		private final Socket taken;

		private final OutputStream out;

		ByHand(int port) throws IOException {
			this.client = RedisClient.create("redis://127.0.0.1:" + port);
			this.here = this.client.connect(RedisLink.CODEC).async();
			this.there = this.client.connect(RedisLink.CODEC).async();
			try (ServerSocket listening = new ServerSocket(0)) {
				this.out = new Socket("127.0.0.1", listening.getLocalPort()).getOutputStream();
				this.taken = listening.accept();
			}
			read(this.taken.getInputStream());
			LettuceFutures.awaitAll(Duration.ofSeconds(5), this.here.hset("claim", "node", new byte[32]));
			listen("there", (message) -> this.loop.execute(() -> written(message)));
			listen("here", (message) -> {
				CompletableFuture<Delivery> reply = this.pending.remove(ByteBuffer.wrap(message).getLong());
				this.callbacks.execute(() -> reply.complete(Delivery.WRITTEN));
			});
		}

		private void listen(String channel, Consumer<byte[]> receiver) {
			StatefulRedisPubSubConnection<String, byte[]> connection = this.client.connectPubSub(RedisLink.CODEC);
			connection.addListener(new RedisPubSubAdapter<>() {

				@Override
				public void message(String on, byte[] message) {
					receiver.accept(message);
				}

			});
			LettuceFutures.awaitAll(Duration.ofSeconds(5), connection.async().subscribe(channel));
		}

		private void written(byte[] message) {
			try {
				this.out.write(message);
				this.there.publish("here", message);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		CompletableFuture<Delivery> send(String id) {
			long number = this.last.incrementAndGet();
			CompletableFuture<Delivery> reply = new CompletableFuture<>();
			this.pending.put(number, reply);
			byte[] message = ByteBuffer.allocate(100).putLong(number).array();
			this.here.hgetall("claim").thenAccept((claim) -> this.here.publish("there", message));
			return reply;
		}

		@Override
		public void close() throws IOException {
			this.client.shutdown();
			this.loop.shutdown();
			this.callbacks.shutdown();
			this.out.close();
			this.taken.close();
		}

	}

}
