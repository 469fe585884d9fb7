package dev.socketserver.benchmarks.send;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

import com.sun.management.OperatingSystemMXBean;
import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.jspecify.annotations.Nullable;

/**
 * Compares the CPU time of {@code SocketClient.send} to a client of one address with that
 * in a checkout of before. Both are in one JVM, with classes of their own, and take turns
 * after each few thousand payloads, so that whatever else the machine does is the same
 * for both.
 */
public final class ClientSend {

	private static final int WARM_UP = 20;

	private static final int TURNS = 400;

	/** Payloads of a turn. */
	private static final int PAYLOADS = 64 * 200;

	private ClientSend() {
	}

	/**
	 * Compares.
	 * @param args the folder with the classes of the core of before
	 * @throws Exception if something fails
	 */
	public static void main(String[] args) throws Exception {
		IntToLongFunction before = sender(args[0]);
		IntToLongFunction now = sender(null);
		List<Double> ratios = new ArrayList<>();
		List<Double> costs = new ArrayList<>();
		for (int i = -WARM_UP; i < TURNS; i++) {
			boolean first = i % 2 == 0;
			long one = (first ? before : now).applyAsLong(PAYLOADS);
			long other = (first ? now : before).applyAsLong(PAYLOADS);
			if (i >= 0) {
				ratios.add(first ? (double) other / one : (double) one / other);
				costs.add((double) (first ? other : one) / PAYLOADS);
			}
		}
		System.out.printf(Locale.ROOT, "a payload costs %.0f ns of CPU time, %.3f of what it did before%n",
				median(costs), median(ratios));
		System.exit(0);
	}

	private static double median(List<Double> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

	/** Makes a sender, with other classes of core and client if there are some. */
	private static IntToLongFunction sender(@Nullable String classes) throws Exception {
		List<URL> path = new ArrayList<>();
		if (classes != null) {
			path.add(Path.of(classes).toUri().toURL());
		}
		for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
			if (classes == null || !(each.contains("socket-server-core") || each.contains("socket-server-client"))) {
				path.add(Path.of(each).toUri().toURL());
			}
		}
		ClassLoader loader = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
		return (IntToLongFunction) loader.loadClass(Sender.class.getName()).getDeclaredConstructor().newInstance();
	}

	/** Sends to a client whose server drops everything. */
	@SuppressWarnings("FutureReturnValueIgnored") // the last tells of all
	public static final class Sender implements IntToLongFunction {

		private static final String PAYLOAD = "000000000017-0003-abcdefghijklm";

		/** So many wait at most, so that nothing blocks the sender. */
		private static final int AT_ONCE = 64;

		private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

		private final Thread sink = new Thread(this::read, "sink");

		private final SocketClient client;

		/**
		 * Creates a sender whose client is started.
		 * @throws IOException if nothing can be listened at
		 */
		public Sender() throws IOException {
			this.sink.setDaemon(true);
			this.sink.start();
			NettySocketServers servers = new NettySocketServers(List.of());
			NettySocketClients clients = new NettySocketClients(servers, List::of);
			this.client = clients.register(ClientSpec.builder("it").port(this.listening.getLocalPort()).build());
			this.client.start();
		}

		/** Sends payloads; returns the CPU time of that, without that of the server. */
		@Override
		public long applyAsLong(int payloads) {
			long begun = cpu();
			try {
				for (int i = 0; i < payloads; i += AT_ONCE) {
					for (int j = 1; j < AT_ONCE; j++) {
						this.client.send(PAYLOAD);
					}
					this.client.send(PAYLOAD).get(60, TimeUnit.SECONDS);
				}
			}
			catch (Exception ex) {
				throw new BenchmarkException("A payload has not left", ex);
			}
			return cpu() - begun;
		}

		private long cpu() {
			long all = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
			return all - ManagementFactory.getThreadMXBean().getThreadCpuTime(this.sink.getId());
		}

		private void read() {
			byte[] buffer = new byte[1 << 16];
			try (Socket socket = this.listening.accept(); InputStream input = socket.getInputStream()) {
				while (input.read(buffer) >= 0) {
					// And the next.
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
