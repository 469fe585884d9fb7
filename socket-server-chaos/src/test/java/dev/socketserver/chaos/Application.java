package dev.socketserver.chaos;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.socketserver.chaos.app.ChaosApplication;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The application, in a JVM of its own with little memory and few descriptors.
 */
final class Application implements AutoCloseable {

	private static final JsonMapper JSON = new JsonMapper();

	/** On an idle machine. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final HttpClient http = HttpClient.newHttpClient();

	private final Map<String, Integer> ports = new ConcurrentHashMap<>();

	private final Process process;

	private final Path log;

	private Application(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts it.
	 * @param directory for its certificates and its log
	 * @param patch a folder of classes that are used instead of those of the product
	 * @param arguments further ones
	 * @return the application, which listens
	 */
	static Application start(Path directory, @Nullable Path patch, List<String> arguments)
			throws IOException, InterruptedException {
		Path log = directory.resolve("application.log");
		String path = System.getProperty("java.class.path");
		List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 400; exec \"$0\" \"$@\"",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:MaxDirectMemorySize=128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8",
				"-Dio.netty.leakDetection.level=paranoid", "-Dchaos.certificates=" + directory, "-cp",
				(patch != null) ? patch + File.pathSeparator + path : path, ChaosApplication.class.getName(),
				"--spring.config.name=chaos", "--spring.main.banner-mode=off"));
		command.addAll(arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		Application started = new Application(process, log);
		try {
			started.awaitReady();
			return started;
		}
		catch (Throwable ex) {
			started.close();
			throw ex;
		}
	}

	private void awaitReady() throws IOException, InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
		while (this.ports.isEmpty()) {
			for (String line : Files.readAllLines(this.log)) {
				if (line.startsWith(ChaosApplication.READY)) {
					for (String word : line.substring(ChaosApplication.READY.length()).trim().split(" ")) {
						this.ports.put(word.split("=")[0], Integer.valueOf(word.split("=")[1]));
					}
				}
			}
			if (this.process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
				throw new IllegalStateException("The application has not started:\n" + Files.readString(this.log));
			}
		}
	}

	int port(String server) {
		return this.ports.get(server);
	}

	long pid() {
		return this.process.pid();
	}

	/** Sends a signal: STOP and CONT. */
	void signal(String signal) throws IOException, InterruptedException {
		int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
		if (code != 0) {
			throw new AssertionError("kill " + signal + " has failed with " + code);
		}
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	Path log() {
		return this.log;
	}

	/** Returns the counters of the application, its handlers and its process. */
	Map<String, Long> vitals() throws IOException, InterruptedException {
		Map<String, Long> vitals = new TreeMap<>();
		for (String line : text("GET", "/vitals", null, 200).split("\n")) {
			vitals.put(line.split(" ")[0], Long.valueOf(line.split(" ")[1]));
		}
		return vitals;
	}

	/** Returns the bytes of the heap that are reachable. */
	long heap() throws IOException, InterruptedException {
		return Long.parseLong(text("GET", "/heap", null, 200));
	}

	JsonNode get(String path) throws IOException, InterruptedException {
		return JSON.readTree(text("GET", "/actuator/" + path, null, 200));
	}

	JsonNode post(String path, String json) throws IOException, InterruptedException {
		return JSON.readTree(text("POST", "/actuator/" + path, json, 200));
	}

	void delete(String path) throws IOException, InterruptedException {
		text("DELETE", "/actuator/" + path, null, 204);
	}

	String text(String method, String path, @Nullable String json, int status)
			throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("http") + path))
			.timeout(Patience.stretched(PATIENCE))
			.header("Content-Type", "application/json")
			.method(method,
					(json != null) ? HttpRequest.BodyPublishers.ofString(json) : HttpRequest.BodyPublishers.noBody())
			.build();
		HttpResponse<String> response = this.http.send(request, HttpResponse.BodyHandlers.ofString());
		if (response.statusCode() != status) {
			throw new AssertionError(method + " " + path + " " + json + " was answered with " + response.statusCode()
					+ ": " + response.body());
		}
		return response.body();
	}

	/** Waits until a server is in a state, and notes its port. */
	void awaitState(String server, String state) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + Patience.stretched(PATIENCE).toNanos();
		JsonNode json = get("socketservers/" + server);
		while (!json.get("state").asString().equals(state)) {
			if (System.nanoTime() - deadline > 0) {
				throw new AssertionError("Server '" + server + "' is not " + state + " but " + json.get("state"));
			}
			Pause.millis(10);
			json = get("socketservers/" + server);
		}
		if (state.equals("RUNNING")) {
			this.ports.put(server, json.get("port").asInt());
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
