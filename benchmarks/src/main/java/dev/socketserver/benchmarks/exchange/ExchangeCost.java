package dev.socketserver.benchmarks.exchange;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import com.sun.management.OperatingSystemMXBean;
import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.SocketExchange;
import dev.socketserver.exchange.SocketExchanges;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Compares the CPU time of a method of an interface, whose text has a parameter, with
 * that of the same request of the client. They take turns, on one connection, with many
 * requests at once; the time of the server, a thread of this process, is left out.
 */
public final class ExchangeCost {

	private static final int WARM_UP = 40;

	private static final int TURNS = 300;

	private static final int AT_ONCE = 64;

	private static final int REQUESTS = 100 * AT_ONCE;

	private final Thread server = new Thread(this::answer, "server");

	private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

	private ExchangeCost() throws IOException {
		this.server.setDaemon(true);
		this.server.start();
	}

	/**
	 * Compares.
	 * @param args nothing
	 * @throws IOException if nothing can be listened at
	 */
	public static void main(String[] args) throws IOException {
		new ExchangeCost().compare();
		System.exit(0);
	}

	private void compare() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--socket.clients.plant.port=" + this.listening.getLocalPort(), "--logging.level.root=error",
					"--socket.cluster.enabled=false", "--spring.main.banner-mode=off")) {
			Plant plant = context.getBean(SocketExchanges.class).client("plant", Plant.class);
			SocketClient client = context.getBean(SocketClients.class).client("plant").orElseThrow();
			Duration timeout = Duration.ofSeconds(30);
			IntFunction<CompletableFuture<String>> ask = (sensor) -> client.ask("READ " + sensor, String.class,
					timeout);
			List<Double> ratios = new ArrayList<>();
			List<Double> costs = new ArrayList<>();
			for (int i = -WARM_UP; i < TURNS; i++) {
				boolean first = i % 2 == 0;
				long one = cost(first ? ask : plant::read);
				long other = cost(first ? plant::read : ask);
				if (i >= 0) {
					ratios.add(first ? (double) other / one : (double) one / other);
					costs.add((double) (first ? one : other) / REQUESTS);
				}
			}
			System.out.printf(Locale.ROOT, "a request costs %.0f ns of CPU time, the method %.3f of that%n",
					median(costs), median(ratios));
		}
	}

	private long cost(IntFunction<CompletableFuture<String>> call) {
		long begun = cpu();
		try {
			List<CompletableFuture<String>> replies = new ArrayList<>(AT_ONCE);
			for (int i = 0; i < REQUESTS; i += AT_ONCE) {
				for (int j = 0; j < AT_ONCE; j++) {
					replies.add(call.apply(i + j));
				}
				for (CompletableFuture<String> reply : replies) {
					reply.get(60, TimeUnit.SECONDS);
				}
				replies.clear();
			}
		}
		catch (Exception ex) {
			throw new BenchmarkException("A request has failed", ex);
		}
		return cpu() - begun;
	}

	private long cpu() {
		long all = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
		return all - ManagementFactory.getThreadMXBean().getThreadCpuTime(this.server.getId());
	}

	private void answer() {
		try (Socket socket = this.listening.accept();
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
			OutputStream out = socket.getOutputStream();
			StringBuilder replies = new StringBuilder();
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				replies.append(line, "READ ".length(), line.length()).append('\n');
				if (!reader.ready()) {
					out.write(replies.toString().getBytes(StandardCharsets.UTF_8));
					replies.setLength(0);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static double median(List<Double> values) {
		double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	@SocketExchange("plant")
	interface Plant {

		/**
		 * Reads a sensor.
		 * @param sensor its number
		 * @return what it measures
		 */
		@Ask(value = "READ {sensor}", timeout = "30s")
		CompletableFuture<String> read(int sensor);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
