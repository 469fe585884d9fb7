package dev.socketserver.demo;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The recipes of {@code docs/rolling-restarts.md}, with the values that are written
 * there. No cluster is needed for that of Kubernetes: this does what a kubelet does with
 * pods, in the same order and time.
 */
@Timeout(value = 580, unit = TimeUnit.SECONDS)
class RestartRecipesTests {

	private static final Logger logger = LoggerFactory.getLogger(RestartRecipesTests.class);

	private static final int CLIENTS = 300;

	private final RestartRecipes recipes = new RestartRecipes();

	private final List<Process> processes = new ArrayList<>();

	@TempDir
	private Path directory;

	@AfterEach
	void endProcesses() throws Exception {
		for (Process process : this.processes) {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void theirTimesFitIntoEachOther() {
		Duration delay = this.recipes.property("drain.delay");
		Duration drain = this.recipes.property("drain-timeout");
		Duration phase = this.recipes.property("timeout-per-shutdown-phase");
		Duration period = this.recipes.pod("periodSeconds");

		assertThat(delay.plus(this.recipes.property("drain.over")))
			.isLessThanOrEqualTo(drain.multipliedBy(9).dividedBy(10));
		assertThat(drain).isLessThan(phase);
		assertThat(phase).isLessThan(this.recipes.pod("terminationGracePeriodSeconds"));
		assertThat(phase).isLessThan(this.recipes.stopTimeout());
		assertThat(period.multipliedBy(this.recipes.failureThreshold())).isLessThan(delay);
		assertThat(this.recipes.proxyNotices()).isLessThan(delay);
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void podsAreReplacedAsAKubeletDoes() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/sbin/haproxy")), "There is no HAProxy on this machine");
		List<Pod> pods = Stream.of("a", "b", "c").map((name) -> new Pod(name, freePort(), freePort())).toList();
		int front = freePort();
		pods.get(0).start();
		pods.get(1).start();
		pods.get(0).awaitReady();
		pods.get(1).awaitReady();
		startProxy(front, pods);
		try (RecipeClients clients = new RecipeClients(CLIENTS, front)) {
			await().until(() -> clients.connected() == CLIENTS);
			// maxSurge: 1, maxUnavailable: 0
			Pod fresh = pods.get(2);
			for (Pod old : pods.subList(0, 2)) {
				fresh.start();
				fresh.awaitReady();
				terminate(old);
				await().until(() -> clients.connected() == CLIENTS);
				fresh = old;
			}
			clients.stop();
			await().until(() -> clients.waiting() == 0);
			List<Long> gaps = clients.gaps();
			long p99 = gaps.get((int) Math.ceil(gaps.size() * 0.99) - 1);
			for (Pod pod : pods) {
				if (pod.process != null) {
					terminate(pod);
				}
			}
			long handled = pods.stream().mapToLong(Pod::handled).sum();
			logger.info(
					"{} replies to {} handled orders, {} orders repeated; {} times without a connection, {} ms "
							+ "(median), {} ms (99 %)",
					clients.replies(), handled, clients.others(), gaps.size(), gaps.get(gaps.size() / 2), p99);
			assertThat(handled).as("handled, also without a reply").isEqualTo(clients.replies());
			assertThat(gaps).hasSizeGreaterThanOrEqualTo(CLIENTS);
			assertThat(p99).isLessThanOrEqualTo(RecipeClients.BACK_OFF.plusSeconds(1).toMillis());
		}
	}

	/**
	 * What a kubelet does. The recipe has no {@code preStop}, and the readiness is polled
	 * on: whoever sends connections to a pod notices by that.
	 */
	private void terminate(Pod pod) throws Exception {
		Process process = Objects.requireNonNull(pod.process);
		Duration grace = this.recipes.pod("terminationGracePeriodSeconds");
		long begun = System.nanoTime();
		process.destroy();
		Duration notReady = null;
		boolean accepted = false;
		while (process.isAlive() && since(begun).compareTo(grace) < 0) {
			if (!pod.isReady() && notReady == null) {
				notReady = since(begun);
				accepted = pod.accepts();
			}
			process.waitFor(this.recipes.pod("periodSeconds").toMillis() / 2, TimeUnit.MILLISECONDS);
		}
		boolean killed = process.isAlive();
		process.destroyForcibly().waitFor();
		logger.info("Pod {} was not ready after {}, and over after {}", pod.name, notReady, since(begun));
		assertThat(killed).as("killed after the grace period").isFalse();
		assertThat(process.exitValue()).isEqualTo(128 + 15);
		assertThat(notReady).isLessThan(this.recipes.property("drain.delay"));
		assertThat(accepted).as("accepts connections when it is not ready any more").isTrue();
		pod.process = null;
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void systemdRestartsTheService() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/lib/systemd/systemd")), "There is no systemd on this machine");
		assumeTrue(System.getProperty("user.name").equals("root"), "Namespaces are for root");
		Pod node = new Pod("systemd", freePort(), freePort());
		Path script = this.directory.resolve("systemd.sh");
		Files.copy(Objects.requireNonNull(getClass().getResourceAsStream("/systemd-in-a-namespace.sh")), script,
				StandardCopyOption.REPLACE_EXISTING);
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		Files.writeString(this.directory.resolve("orders.target"), "[Unit]\nDefaultDependencies=no\n");
		Files.writeString(this.directory.resolve("orders.service"),
				"[Unit]\nDefaultDependencies=no\n"
						+ this.recipes
							.unit(node.command(this.directory.resolve("tmp")).stream().collect(Collectors.joining(" ")))
						+ "StandardOutput=append:" + node.output
						+ "\nExecStopPost=/bin/sh -c 'echo ended: $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS'\n");
		Process namespace = new ProcessBuilder(script.toString(), this.directory.toString()).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("namespace.log").toFile())
			.start();
		try {
			Path answer = this.directory.resolve("systemctl.log");
			await().until(() -> systemctl(namespace, answer, "is-system-running") && answer.toFile().length() > 0);
			assertThat(systemctl(namespace, answer, "start", "orders")).as(Files.readString(answer)).isTrue();
			node.awaitReady();
			try (RecipeClients clients = new RecipeClients(CLIENTS, node.port)) {
				await().until(() -> clients.connected() == CLIENTS);
				long begun = System.nanoTime();
				assertThat(systemctl(namespace, answer, "restart", "orders")).as(Files.readString(answer)).isTrue();
				Duration stop = since(begun);
				node.awaitReady();
				await().until(() -> clients.connected() == CLIENTS);
				clients.stop();
				await().until(() -> clients.waiting() == 0);
				assertThat(systemctl(namespace, answer, "stop", "orders")).isTrue();
				logger.info("systemctl restart took {}; {} replies to {} handled orders, {} orders repeated", stop,
						clients.replies(), node.handled(), clients.others());
				assertThat(stop).isBetween(this.recipes.property("drain.over"), this.recipes.stopTimeout());
				assertThat(Files.readAllLines(node.output)).filteredOn((line) -> line.startsWith("ended: "))
					.containsExactly("ended: success exited 143", "ended: success exited 143");
				assertThat(node.handled()).as("handled, also without a reply").isEqualTo(clients.replies());
			}
		}
		finally {
			namespace.descendants()
				.filter((process) -> process.parent().map(ProcessHandle::pid).equals(unshare(namespace)))
				.forEach(ProcessHandle::destroyForcibly);
			namespace.waitFor(20, TimeUnit.SECONDS);
			namespace.destroyForcibly();
		}
	}

	private static java.util.Optional<Long> unshare(Process namespace) {
		return namespace.children().findFirst().map(ProcessHandle::pid);
	}

	/** Returns whether it has done it; what it says is in the file. */
	private static boolean systemctl(Process namespace, Path answer, String... command) throws Exception {
		ProcessHandle first = namespace.children().flatMap(ProcessHandle::children).findFirst().orElse(null);
		if (first == null) {
			return false;
		}
		List<String> all = new ArrayList<>(
				List.of("nsenter", "-t", String.valueOf(first.pid()), "-p", "-m", "-C", "systemctl"));
		all.addAll(List.of(command));
		Process process = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(answer.toFile()).start();
		int status = process.waitFor();
		// It is "degraded" where a mount of the machine is not allowed here.
		return status == 0 || command[0].equals("is-system-running")
				&& List.of("running", "degraded").contains(Files.readString(answer).trim());
	}

	private void startProxy(int front, List<Pod> pods) throws IOException {
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"), this.recipes.proxy(front,
				pods.stream().map((pod) -> pod.port).toList(), pods.stream().map((pod) -> pod.webPort).toList()));
		this.processes.add(new ProcessBuilder("/usr/sbin/haproxy", "-db", "-q", "-f", configuration.toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start());
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(100)).atMost(Duration.ofSeconds(120));
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A process of the application. */
	private final class Pod {

		private final HttpClient http = HttpClient.newHttpClient();

		private final String name;

		private final int port;

		private final int webPort;

		private final Path output;

		private @Nullable Process process;

		Pod(String name, int port, int webPort) {
			this.name = name;
			this.port = port;
			this.webPort = webPort;
			this.output = RestartRecipesTests.this.directory.resolve(name + ".log");
		}

		List<String> command(Path temporary) {
			List<String> command = new ArrayList<>(List.of(
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
					"-XX:+UseSerialGC", "-XX:-UseContainerSupport", "-Xmx256m", "-Djava.io.tmpdir=" + temporary, "-cp",
					absolute(System.getProperty("java.class.path")), RecipeApplication.class.getName(),
					"--server.port=" + this.webPort, "--socket.servers.orders.port=" + this.port,
					"--socket.cluster.enabled=false", "--spring.config.name=none",
					"--management.endpoints.web.exposure.include=health", "--spring.main.banner-mode=off"));
			command.addAll(RestartRecipesTests.this.recipes.properties());
			return command;
		}

		private static String absolute(String classPath) {
			return Stream.of(classPath.split(File.pathSeparator))
				.map((entry) -> Path.of(entry).toAbsolutePath().toString())
				.collect(Collectors.joining(File.pathSeparator));
		}

		void start() throws IOException {
			this.process = new ProcessBuilder(command(RestartRecipesTests.this.directory)).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(this.output.toFile()))
				.start();
			RestartRecipesTests.this.processes.add(this.process);
		}

		void awaitReady() {
			await().until(this::isReady);
		}

		/** As a probe sees it. */
		boolean isReady() {
			try {
				HttpRequest probe = HttpRequest
					.newBuilder(URI
						.create("http://127.0.0.1:" + this.webPort + RestartRecipesTests.this.recipes.readinessPath()))
					.timeout(Duration.ofSeconds(1))
					.build();
				return this.http.send(probe, HttpResponse.BodyHandlers.discarding())
					.statusCode() == HttpURLConnection.HTTP_OK;
			}
			catch (IOException ex) {
				return false;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		boolean accepts() {
			try (Socket socket = new Socket("127.0.0.1", this.port)) {
				return socket.isConnected();
			}
			catch (IOException ex) {
				return false;
			}
		}

		/** How many orders it has handled, in all its processes. */
		long handled() {
			try (Stream<String> lines = Files.lines(this.output)) {
				return lines.filter((line) -> line.startsWith(RecipeApplication.HANDLED))
					.mapToLong((line) -> Long.parseLong(line.substring(RecipeApplication.HANDLED.length())))
					.sum();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
