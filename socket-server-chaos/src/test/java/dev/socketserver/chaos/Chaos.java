package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import dev.socketserver.chaos.Schedule.Step;
import org.jspecify.annotations.Nullable;

/**
 * One application with its canary, against which schedules are played one after the
 * other.
 */
final class Chaos implements AutoCloseable {

	/** How many actions are under way at a time. */
	private static final int PARALLEL = 16;

	/** For those who want to make it faster. */
	private static final boolean TIMES = Boolean.getBoolean("chaos.times");

	private final ExecutorService actions = Executors.newFixedThreadPool(PARALLEL);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Application application;

	private final Certificates certificates;

	private final Canary canary;

	private final Upstream upstream;

	private final @Nullable Cluster cluster;

	private final LogRules log;

	private Verdict.@Nullable Baseline baseline;

	private Chaos(Application application, Certificates certificates, Upstream upstream, @Nullable Cluster cluster)
			throws IOException {
		this.upstream = upstream;
		this.cluster = cluster;
		this.application = application;
		this.certificates = certificates;
		this.log = new LogRules(application.log());
		this.canary = new Canary(application);
	}

	/**
	 * Starts an application.
	 * @param patch a folder of classes that are used instead of those of the product
	 * @param clustered whether it is a node of a cluster
	 */
	static Chaos start(@Nullable Path patch, boolean clustered) throws Exception {
		Path directory = Files.createTempDirectory("chaos");
		Certificates certificates = new Certificates(directory);
		certificates.renew();
		Cluster cluster = clustered ? Cluster.start(directory, patch) : null;
		Upstream upstream = new Upstream();
		Application application = null;
		try {
			List<String> arguments = new ArrayList<>(List.of("--socket.clients.upstream.port=" + upstream.port()));
			if (cluster != null) {
				arguments.addAll(cluster.arguments(Cluster.NODE));
			}
			application = Application.start(directory, patch, arguments);
			Chaos chaos = new Chaos(application, certificates, upstream, cluster);
			chaos.warmUp();
			return chaos;
		}
		catch (Throwable ex) {
			if (application != null) {
				application.close();
			}
			upstream.close();
			if (cluster != null) {
				cluster.close();
			}
			throw ex;
		}
	}

	/** Has both sides load what they need, which takes longer than a timeout may. */
	private void warmUp() throws Exception {
		Field field = field(new Model());
		InetAddress from = InetAddress.getByAddress(new byte[] { 127, 1, 0, 2 });
		for (String server : List.of("line", "loop", "tls", "proxy")) {
			new Traffic.Talk(server, 1, 20, Traffic.Ending.CLOSE).play(field, from);
		}
		new Question(Question.Behavior.ANSWERED).play(field, from);
		new Operation(Operation.Act.TAP, 1).play(field, from);
		if (this.cluster != null) {
			Cluster.awaitState(this.application, Cluster.OTHER, "UP");
			new ClusterAction(ClusterAction.Event.NOTHING).play(field, from);
		}
		Map<String, Long> nothing = this.application.vitals();
		for (int i = 0; i < 500
				&& nothing.get("tls.active") + nothing.get("asks.active") + nothing.get("devices.active") > 0; i++) {
			Pause.millis(10);
			nothing = this.application.vitals();
		}
	}

	private Field field(Model model) {
		return new Field(this.application, model, this.certificates, this.threads, new Field.Locks(), this.upstream,
				this.cluster);
	}

	/**
	 * Plays a schedule.
	 * @return what is wrong; nothing if all is well
	 */
	List<String> play(Schedule schedule) throws Exception {
		Model model = new Model();
		Field field = field(model);
		Map<String, Long> before = this.application.vitals();
		List<String> problems = Collections.synchronizedList(new ArrayList<>());
		ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
		CompletableFuture<?>[] played = schedule.steps()
			.stream()
			.map((step) -> CompletableFuture.runAsync(() -> play(step, field, lock, problems), this.actions))
			.toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(played).join();
		if (!this.application.isAlive()) {
			problems.add("the application has ended");
			return problems;
		}
		problems.addAll(new Verdict(this.application, before, model).problems());
		this.canary.judge(problems);
		this.log.judge(problems);
		if (this.cluster != null) {
			this.cluster.judge(problems);
		}
		if (this.baseline == null) {
			// What is loaded, and pooled, once.
			this.baseline = Verdict.Baseline.of(this.application);
		}
		else {
			this.baseline.judge(this.application, problems);
		}
		return List.copyOf(problems);
	}

	/** Returns what was done in the cluster, for the page. */
	String clusterFigures() {
		return (this.cluster != null) ? this.cluster.figures() : "no cluster";
	}

	/** Returns what the application holds now. */
	Verdict.Baseline held() throws IOException, InterruptedException {
		return Verdict.Baseline.of(this.application);
	}

	private static void play(Step step, Field field, ReentrantReadWriteLock lock, List<String> problems) {
		Lock held = step.action().isAlone() ? lock.writeLock() : lock.readLock();
		held.lock();
		long begin = System.nanoTime();
		try {
			int number = step.number();
			step.action()
				.play(field, InetAddress
					.getByAddress(new byte[] { 127, 1, (byte) (1 + number / 200), (byte) (2 + number % 200) }));
		}
		catch (Throwable ex) {
			problems.add("step " + step + ": " + ex);
		}
		finally {
			if (TIMES) {
				System.out.println(step + " took " + (System.nanoTime() - begin) / 1_000_000 + " ms");
			}
			held.unlock();
		}
	}

	@Override
	public void close() throws IOException {
		this.actions.shutdownNow();
		this.threads.shutdownNow();
		this.canary.close();
		this.application.close();
		this.upstream.close();
		if (this.cluster != null) {
			this.cluster.close();
		}
	}

}
