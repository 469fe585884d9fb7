package dev.socketserver.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;

import com.sun.management.OperatingSystemMXBean;
import dev.socketserver.ServerHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;

/**
 * Measures what a request of a client costs that has several connections, beside one that
 * has one: CPU time of this process, in turns. A server in C sends lines back.
 */
final class PoolCost {

	private static final int CONNECTIONS = 4;

	private static final int IN_FLIGHT = 64;

	private static final int REQUESTS = 50_000;

	private static final int WARM_UP = 5;

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private PoolCost() {
	}

	/**
	 * Measures the cost.
	 * @param options how often, and where the server runs
	 * @return the cost of a request as a multiple of that on one connection
	 */
	static Summary measure(Options options) throws IOException, InterruptedException {
		Path directory = options.output();
		List<String> command = options.cores()
			.forLoad(Benchmark.command(Contender.C, List.of(Service.LINES), directory));
		double[] ratios = new double[options.rounds()];
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		try (RunningServer echo = RunningServer.start(Contender.C, List.of(Service.LINES), command, directory);
				NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketClient one = client(clients, "one", echo.port(Service.LINES), 1);
			SocketClient pool = client(clients, "pool", echo.port(Service.LINES), CONNECTIONS);
			for (int round = -WARM_UP; round < ratios.length; round++) {
				double ofOne = nanosPerRequest(one);
				double ratio = nanosPerRequest(pool) / ofOne;
				ratios[Math.max(0, round)] = ratio;
			}
		}
		finally {
			servers.close();
		}
		return Summary.of(DoubleStream.of(ratios));
	}

	private static SocketClient client(NettySocketClients clients, String name, int port, int connections)
			throws InterruptedException {
		SocketClient client = clients.register(ClientSpec.builder(name)
			.host("127.0.0.1")
			.port(port)
			.handler(ServerHandler.function("none", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> null))
			.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))
			.correlator((line) -> line)
			.pool((pool) -> pool.size(connections))
			.build());
		client.start();
		while (client.state() != ClientState.CONNECTED) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		return client;
	}

	/** Each reply makes the next request. */
	private static double nanosPerRequest(SocketClient client) throws InterruptedException {
		AtomicInteger left = new AtomicInteger(REQUESTS);
		CountDownLatch ended = new CountDownLatch(IN_FLIGHT);
		long before = SYSTEM.getProcessCpuTime();
		for (int i = 0; i < IN_FLIGHT; i++) {
			next(client, left, ended);
		}
		if (!ended.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
			throw new BenchmarkException("The client '" + client.name() + "' has not got all replies");
		}
		return (double) (SYSTEM.getProcessCpuTime() - before) / REQUESTS;
	}

	private static void next(SocketClient client, AtomicInteger left, CountDownLatch ended) {
		int number = left.getAndDecrement();
		if (number <= 0) {
			ended.countDown();
			return;
		}
		CompletableFuture<?> unused = client.ask(number + ":abcdefghijklmnopqrstuvwx", TIMEOUT)
			.thenRun(() -> next(client, left, ended));
	}

}
