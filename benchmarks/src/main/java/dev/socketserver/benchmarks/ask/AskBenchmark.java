package dev.socketserver.benchmarks.ask;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.sun.management.OperatingSystemMXBean;
import dev.socketserver.spec.ExecutionMode;

/**
 * Measures the CPU time of a request of a server to its peer, and of the reply. All
 * servers are in one process and alive during the whole run. In each round each of them
 * has its turn, and ratios are those within a round. The peers are in another process, so
 * that their CPU time is not counted.
 */
public final class AskBenchmark {

	private static final int PEERS = 64;

	/** What a request has after its number. */
	private static final String REST = ":abcdefghijklmnopqrstuvwx";

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private AskBenchmark() {
	}

	/**
	 * Runs the benchmark, or the peers of one.
	 * @param arguments the number of rounds and of requests in each, both optional; or
	 * {@code peers} and the ports
	 * @throws Exception if it fails
	 */
	public static void main(String[] arguments) throws Exception {
		if (arguments.length > 0 && arguments[0].equals("peers")) {
			sendBack(Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray());
			return;
		}
		int rounds = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 7;
		int requests = (arguments.length > 1) ? Integer.parseInt(arguments[1]) : 100_000;
		Map<String, Asker> askers = new LinkedHashMap<>();
		askers.put("netty, callbacks off the loop", new NettyAsker(true));
		askers.put("netty, callbacks on the loop", new NettyAsker(false));
		askers.put("ask, event-loop", new SocketServerAsker(ExecutionMode.EVENT_LOOP));
		boolean virtual = Runtime.version().feature() >= 21;
		askers.put(virtual ? "ask, virtual" : "ask, pool",
				new SocketServerAsker(virtual ? ExecutionMode.VIRTUAL : ExecutionMode.POOL));
		Process peers = peers(askers.values().stream().map((asker) -> String.valueOf(asker.port())).toList());
		try {
			for (Asker asker : askers.values()) {
				while (asker.peers() < PEERS) {
					TimeUnit.MILLISECONDS.sleep(10);
				}
			}
			measure("1 in flight, callbacks", askers, rounds, (asker) -> callbacks(asker, 1, requests));
			measure("1 in flight, a thread waits for each", askers, rounds, (asker) -> threads(asker, requests));
			measure("16 in flight, callbacks", askers, rounds, (asker) -> callbacks(asker, 16, requests));
		}
		finally {
			peers.destroy();
			askers.values().forEach(Asker::close);
		}
	}

	private static Process peers(List<String> ports) throws IOException {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-Xmx64m", "-cp", System.getProperty("java.class.path"), AskBenchmark.class.getName(), "peers"));
		command.addAll(ports);
		return new ProcessBuilder(command).inheritIO().start();
	}

	private static void measure(String what, Map<String, Asker> askers, int rounds, Measured measured)
			throws Exception {
		// Twice before it counts, for the JIT.
		for (int warmUp = 0; warmUp < 2; warmUp++) {
			for (Asker asker : askers.values()) {
				measured.nanosPerRequest(asker);
			}
		}
		Map<String, List<Double>> nanos = new LinkedHashMap<>();
		for (int round = 0; round < rounds; round++) {
			for (Map.Entry<String, Asker> each : askers.entrySet()) {
				nanos.computeIfAbsent(each.getKey(), (name) -> new ArrayList<>())
					.add(measured.nanosPerRequest(each.getValue()));
			}
		}
		List<List<Double>> references = List.copyOf(nanos.values()).subList(0, 2);
		System.out.printf("%d sessions, %s; CPU of a request: ns (median), ratios (min / median / max) to "
				+ "both handlers of Netty%n", PEERS, what);
		nanos.forEach((name, costs) -> System.out.printf("%-30s %8.0f  %s  %s%n", name,
				costs.stream().sorted().toList().get(rounds / 2), ratios(costs, references.get(0)),
				ratios(costs, references.get(1))));
	}

	/** Those within a round. */
	private static String ratios(List<Double> costs, List<Double> references) {
		double[] sorted = IntStream.range(0, costs.size())
			.mapToDouble((round) -> costs.get(round) / references.get(round))
			.sorted()
			.toArray();
		return "%.2f / %.2f / %.2f".formatted(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]);
	}

	/** Each outcome makes the next request, as code does that must not wait. */
	private static double callbacks(Asker asker, int inFlight, int requests) throws Exception {
		AtomicInteger left = new AtomicInteger(requests);
		CountDownLatch ended = new CountDownLatch(PEERS * inFlight);
		long before = SYSTEM.getProcessCpuTime();
		for (int peer = 0; peer < PEERS; peer++) {
			for (int i = 0; i < inFlight; i++) {
				next(asker, peer, left, ended);
			}
		}
		if (!ended.await(120, TimeUnit.SECONDS)) {
			throw new IllegalStateException(left + " requests are left after two minutes");
		}
		return (double) (SYSTEM.getProcessCpuTime() - before) / requests;
	}

	/**
	 * A thread for each peer makes its requests and waits, as one that answers HTTP does.
	 */
	private static double threads(Asker asker, int requests) throws Exception {
		AtomicInteger left = new AtomicInteger(requests);
		List<FutureTask<Object>> tasks = IntStream.range(0, PEERS).mapToObj((peer) -> new FutureTask<Object>(() -> {
			for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
				String request = number + REST;
				Object reply = asker.ask(peer, request).get();
				if (!request.equals(reply)) {
					throw new IllegalStateException("The reply to " + request + " is " + reply);
				}
			}
			return null;
		})).toList();
		long before = SYSTEM.getProcessCpuTime();
		tasks.forEach((task) -> new Thread(task, "asks").start());
		for (FutureTask<?> task : tasks) {
			task.get(120, TimeUnit.SECONDS);
		}
		return (double) (SYSTEM.getProcessCpuTime() - before) / requests;
	}

	private static void next(Asker asker, int peer, AtomicInteger left, CountDownLatch ended) {
		int number = left.getAndDecrement();
		if (number <= 0) {
			ended.countDown();
			return;
		}
		String request = number + REST;
		asker.then(asker.ask(peer, request), (reply, failure) -> {
			if (!request.equals(reply)) {
				throw new IllegalStateException("The reply to " + request + " is " + reply, failure);
			}
			next(asker, peer, left, ended);
		});
	}

	/** Connects to the servers, and sends back what comes. */
	private static void sendBack(int[] ports) throws IOException {
		Selector selector = Selector.open();
		for (int port : ports) {
			for (int i = 0; i < PEERS; i++) {
				SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
				channel.socket().setTcpNoDelay(true);
				channel.configureBlocking(false);
				channel.register(selector, SelectionKey.OP_READ);
			}
		}
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		while (true) {
			selector.select();
			for (SelectionKey key : selector.selectedKeys()) {
				SocketChannel channel = (SocketChannel) key.channel();
				buffer.clear();
				if (channel.read(buffer) < 0) {
					return;
				}
				buffer.flip();
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
			}
			selector.selectedKeys().clear();
		}
	}

	/** One measurement of a server. */
	@FunctionalInterface
	private interface Measured {

		/**
		 * Makes requests.
		 * @param asker the server
		 * @return the CPU time of one, in nanoseconds
		 * @throws Exception if it fails
		 */
		double nanosPerRequest(Asker asker) throws Exception;

	}

}
