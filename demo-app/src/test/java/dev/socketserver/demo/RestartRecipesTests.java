package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
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
class RestartRecipesTests {

	private static final Logger logger = LoggerFactory.getLogger(RestartRecipesTests.class);

	private static final int CLIENTS = 300;

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final RestartRecipes recipes = new RestartRecipes();

	@RegisterExtension
	private final Opened opened = new Opened();

	@TempDir
	private Path directory;

	private RecipeNode node(String name) {
		return this.opened.add(new RecipeNode(name, this.directory, true, this.recipes.properties()));
	}

	@Test
	void theirTimesFitIntoEachOther() {
		Duration delay = this.recipes.property("socket.servers.orders.drain.delay");
		Duration drain = this.recipes.property("socket.server-defaults.drain-timeout");
		Duration phase = this.recipes.property("spring.lifecycle.timeout-per-shutdown-phase");
		Duration preStop = this.recipes.container("lifecycle.preStop.sleep.seconds");

		assertThat(delay.plus(this.recipes.property("socket.server-defaults.drain.over")))
			.isLessThanOrEqualTo(drain.multipliedBy(9).dividedBy(10));
		assertThat(drain).isLessThan(phase);
		assertThat(preStop.plus(phase)).isLessThan(this.recipes.pod("terminationGracePeriodSeconds"));
		assertThat(phase).isLessThan(this.recipes.stopTimeout());
		// A pod that is not ready any more is in no service, also where that is by
		// itself.
		assertThat(this.recipes.container("readinessProbe.periodSeconds").multipliedBy(this.recipes.failureThreshold()))
			.isLessThan(preStop);
		assertThat(this.recipes.proxyNotices()).isLessThan(delay);
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void podsAreReplacedAsAKubeletDoes() throws Exception {
		List<RecipeNode> pods = List.of(node("a"), node("b"), node("c"));
		int front = Ports.free();
		try (RecipeProxy service = new RecipeProxy(this.directory, service(front, pods))) {
			pods.get(0).start();
			pods.get(1).start();
			becomesReady(service, pods.get(0));
			becomesReady(service, pods.get(1));
			RecipeClients clients = new RecipeClients(CLIENTS, front, PAUSE);
			// They end before the last pods, after which they would find none.
			try (clients) {
				await().until(() -> clients.connected() == CLIENTS);
				// maxSurge: 1, maxUnavailable: 0
				RecipeNode fresh = pods.get(2);
				for (RecipeNode old : pods.subList(0, 2)) {
					fresh.start();
					becomesReady(service, fresh);
					terminate(service, old);
					await().until(() -> clients.connected() == CLIENTS);
					fresh = old;
				}
				clients.stop();
				await().until(() -> clients.waiting() == 0);
			}
			for (RecipeNode pod : pods) {
				pod.terminate().join();
			}
			long handled = pods.stream().mapToLong(RecipeNode::handled).sum();
			logger.info("{} replies to {} handled orders, {} orders repeated, {} connections refused; {}",
					clients.replies(), handled, clients.others(), clients.refused(),
					RecipeGap.described(clients.gaps()));
			assertThat(handled).as("handled, also without a reply").isEqualTo(clients.replies());
			assertThat(clients.refused()).isZero();
			assertThat(clients.gaps()).hasSizeGreaterThanOrEqualTo(CLIENTS);
			assertThat(RecipeGap.p99(clients.gaps()))
				.isLessThanOrEqualTo(RecipeClients.BACK_OFF.plusSeconds(1).toMillis());
		}
	}

	/**
	 * Stands for a service of Kubernetes: it knows no pod that is not said to be ready,
	 * and leaves connections alone.
	 */
	private static String service(int front, List<RecipeNode> pods) {
		StringBuilder service = new StringBuilder("""
				listen orders
				    bind 127.0.0.1:%d
				    mode tcp
				    timeout connect 5s
				    timeout client 1h
				    timeout server 1h
				""".formatted(front));
		pods.forEach(
				(pod) -> service.append("    server %s 127.0.0.1:%d disabled%n".formatted(pod.name(), pod.port())));
		return service.toString();
	}

	private static void becomesReady(RecipeProxy service, RecipeNode pod) throws IOException {
		pod.awaitReady();
		service.command("set server orders/" + pod.name() + " state ready");
	}

	/**
	 * What happens to a pod that is deleted: it leaves the endpoints of its service,
	 * which takes a while to be known everywhere, and beside that a kubelet runs what
	 * stands for {@code preStop}, sends {@code SIGTERM}, and kills when the grace period
	 * is over, which has begun with the deletion.
	 */
	private void terminate(RecipeProxy service, RecipeNode pod) throws Exception {
		Duration grace = this.recipes.pod("terminationGracePeriodSeconds");
		Duration preStop = this.recipes.container("lifecycle.preStop.sleep.seconds");
		long deleted = System.nanoTime();
		CompletableFuture<Integer> ended = new CompletableFuture<>();
		CompletableFuture.delayedExecutor(preStop.toMillis() * 6 / 10, TimeUnit.MILLISECONDS).execute(() -> {
			try {
				service.command("set server orders/" + pod.name() + " state drain");
			}
			catch (IOException ex) {
				ended.completeExceptionally(ex);
			}
		});
		CompletableFuture.delayedExecutor(preStop.toMillis(), TimeUnit.MILLISECONDS).execute(() -> {
			if (!pod.isReady(this.recipes.readinessPath()) || !pod.accepts()) {
				ended.completeExceptionally(new AssertionError("It takes no connections before SIGTERM"));
			}
			pod.terminate().thenAccept(ended::complete);
		});
		assertThat(ended).as("ends within the grace period").succeedsWithin(grace).isEqualTo(128 + 15);
		logger.info("Pod {} was over after {}", pod.name(), since(deleted));
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void systemdRestartsTheService() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/lib/systemd/systemd")), "There is no systemd on this machine");
		assumeTrue(System.getProperty("user.name").equals("root"), "Namespaces are for root");
		RecipeNode node = node("systemd");
		Path script = this.directory.resolve("systemd.sh");
		Files.copy(Objects.requireNonNull(getClass().getResourceAsStream("/systemd-in-a-namespace.sh")), script,
				StandardCopyOption.REPLACE_EXISTING);
		Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
		Files.writeString(this.directory.resolve("orders.target"), "[Unit]\nDefaultDependencies=no\n");
		Files.writeString(this.directory.resolve("orders.service"),
				"[Unit]\nDefaultDependencies=no\n"
						+ this.recipes
							.unit(node.command(this.directory.resolve("tmp")).stream().collect(Collectors.joining(" ")))
						+ "StandardOutput=append:" + node.output()
						+ "\nExecStopPost=/bin/sh -c 'echo ended: $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS'\n");
		Process namespace = new ProcessBuilder(script.toString(), this.directory.toString()).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("namespace.log").toFile())
			.start();
		try {
			Path answer = this.directory.resolve("systemctl.log");
			await().until(() -> systemctl(namespace, answer, "is-system-running") && answer.toFile().length() > 0);
			assertThat(systemctl(namespace, answer, "start", "orders")).as(Files.readString(answer)).isTrue();
			node.awaitReady();
			try (RecipeClients clients = new RecipeClients(CLIENTS, node.port(), PAUSE)) {
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
				assertThat(stop).isBetween(this.recipes.property("socket.server-defaults.drain.over"),
						this.recipes.stopTimeout());
				assertThat(Files.readAllLines(node.output())).filteredOn((line) -> line.startsWith("ended: "))
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

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(100)).atMost(Patience.limit());
	}

}
