package dev.socketserver.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.socketserver.fixtures.RedisServer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the application is in a cluster with: a Redis, and a second node, which is the
 * same application once more. One action at a time breaks it.
 */
final class Cluster implements AutoCloseable {

	/** The server of both nodes whose sessions have identities. */
	static final String SERVER = "devices";

	/** The node that is tested. */
	static final String NODE = "a";

	/** The node that is killed and frozen. */
	static final String OTHER = "b";

	static final long LEASE_MILLIS = 3_000;

	private final AtomicLong sends = new AtomicLong();

	private final AtomicLong written = new AtomicLong();

	private final AtomicLong restarts = new AtomicLong();

	private final RedisServer redis;

	private final Path directory;

	private final @Nullable Path patch;

	private Application other;

	private LogRules log;

	private Cluster(RedisServer redis, Path directory, @Nullable Path patch) throws IOException, InterruptedException {
		this.redis = redis;
		this.directory = directory;
		this.patch = patch;
		this.other = Application.start(directory, patch, arguments(OTHER));
		this.log = new LogRules(this.other.log());
	}

	/**
	 * Starts it.
	 * @param certificates a folder
	 * @param patch a folder of classes that are used instead of those of the product
	 */
	static Cluster start(Path certificates, @Nullable Path patch) throws Exception {
		Path directory = Files.createDirectories(certificates.resolve("other"));
		new Certificates(directory).renew();
		RedisServer redis = RedisServer.open();
		try {
			return new Cluster(redis, directory, patch);
		}
		catch (Throwable ex) {
			redis.close();
			throw ex;
		}
	}

	/** Returns what makes the application a node. */
	List<String> arguments(String node) {
		return List.of("--socket.cluster.enabled=true", "--socket.cluster.node=" + node,
				"--socket.cluster.lease=" + LEASE_MILLIS + "ms", "--spring.data.redis.port=" + this.redis.port());
	}

	RedisServer redis() {
		return this.redis;
	}

	Application other() {
		return this.other;
	}

	void counted(boolean isWritten) {
		this.sends.incrementAndGet();
		if (isWritten) {
			this.written.incrementAndGet();
		}
	}

	void countRestart() {
		this.restarts.incrementAndGet();
	}

	/** Kills the other node, which says nothing. */
	void kill() {
		this.other.close();
	}

	void startAgain() throws IOException, InterruptedException {
		this.other = Application.start(this.directory, this.patch, arguments(OTHER));
		this.log = new LogRules(this.other.log());
	}

	/** Waits until a node says that of the directory. */
	static void awaitDirectory(Application node, String state) throws Exception {
		Await.until(() -> node.get("socketcluster").get("directory").get("state").asString().equals(state),
				"The directory is not " + state);
	}

	/** Waits until a node says that of the other. */
	static void awaitState(Application node, String name, String state) throws Exception {
		Await.until(() -> states(node.get("socketcluster"), name).anyMatch(state::equals),
				"Node '" + name + "' is not " + state);
	}

	private static Stream<String> states(JsonNode json, String name) {
		return json.get("nodes")
			.valueStream()
			.filter((node) -> node.get("name").asString().equals(name))
			.map((node) -> node.get("state").asString());
	}

	/** Adds what is wrong with the other node. */
	void judge(List<String> problems) throws IOException {
		this.log.judge(problems);
	}

	/** Returns what has been done, for the page. */
	String figures() {
		return "%,d directed sends between two nodes (%,d of them written) and %,d restarts of Redis"
			.formatted(this.sends.get(), this.written.get(), this.restarts.get());
	}

	@Override
	public void close() throws IOException {
		this.other.close();
		this.redis.close();
	}

}
