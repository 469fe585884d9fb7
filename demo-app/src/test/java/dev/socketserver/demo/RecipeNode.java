package dev.socketserver.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A node of {@link RecipeApplication}: a process, or, where that is enough and has to be
 * quick, a context of this one. It can be started again and again.
 */
final class RecipeNode implements AutoCloseable {

	private final HttpClient http = HttpClient.newHttpClient();

	private final String name;

	private final Path directory;

	private final boolean ownProcess;

	private final List<String> properties;

	private final int port = Ports.free();

	private final int webPort = Ports.free();

	private @Nullable Process process;

	private @Nullable ConfigurableApplicationContext context;

	/**
	 * Creates a node, which is not started.
	 * @param directory where its files are
	 * @param ownProcess whether it is a process
	 * @param properties the properties of the recipe, as arguments
	 */
	RecipeNode(String name, Path directory, boolean ownProcess, List<String> properties) {
		this.name = name;
		this.directory = directory;
		this.ownProcess = ownProcess;
		this.properties = properties;
	}

	String name() {
		return this.name;
	}

	int port() {
		return this.port;
	}

	int webPort() {
		return this.webPort;
	}

	/** What the process has said. */
	Path output() {
		return this.directory.resolve(this.name + ".log");
	}

	private Path handledFile() {
		return this.directory.resolve(this.name + ".handled");
	}

	private List<String> arguments() {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + this.webPort,
				"--socket.servers.orders.port=" + this.port, "--" + RecipeApplication.HANDLED + "=" + handledFile(),
				"--socket.cluster.node=" + this.name, "--spring.config.name=none", "--spring.main.banner-mode=off",
				"--management.endpoints.web.exposure.include=health,socketcluster,socketservers"));
		if (this.properties.stream().noneMatch((property) -> property.startsWith("--spring.data.redis.port="))) {
			arguments.add("--socket.cluster.enabled=false");
		}
		arguments.addAll(this.properties);
		return arguments;
	}

	/** The command that starts it. */
	List<String> command(Path temporary) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-XX:-UseContainerSupport", "-Xmx256m", "-Djava.io.tmpdir=" + temporary,
						"-cp", absolute(System.getProperty("java.class.path")), RecipeApplication.class.getName()));
		command.addAll(arguments());
		return command;
	}

	private static String absolute(String classPath) {
		return Stream.of(classPath.split(File.pathSeparator))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.collect(Collectors.joining(File.pathSeparator));
	}

	void start() throws IOException {
		if (this.ownProcess) {
			this.process = new ProcessBuilder(command(this.directory)).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
				.start();
		}
		else {
			this.context = SpringApplication.run(RecipeApplication.class, arguments().toArray(String[]::new));
		}
	}

	/**
	 * Has it end, as {@code SIGTERM} does.
	 * @return completes when it has, with the status of the process
	 */
	CompletableFuture<Integer> terminate() {
		Process running = this.process;
		ConfigurableApplicationContext open = this.context;
		this.process = null;
		this.context = null;
		if (running != null) {
			running.destroy();
			return running.onExit().thenApply(Process::exitValue);
		}
		return CompletableFuture.supplyAsync(() -> {
			if (open != null) {
				open.close();
			}
			return 0;
		});
	}

	void awaitReady() {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(100))
			.atMost(Patience.limit())
			.until(() -> isReady("/actuator/health/readiness"));
	}

	/** As a probe sees it. */
	boolean isReady(String path) {
		try {
			return ask(HttpRequest.newBuilder(uri(path)).build()).statusCode() == HttpURLConnection.HTTP_OK;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.webPort + path);
	}

	private HttpResponse<String> ask(HttpRequest request) {
		try {
			return this.http.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What an endpoint shows. */
	String get(String endpoint) {
		return ask(HttpRequest.newBuilder(uri("/actuator/" + endpoint)).build()).body();
	}

	/** Has an endpoint do something. */
	HttpResponse<String> post(String endpoint, String body) {
		return ask(HttpRequest.newBuilder(uri("/actuator/" + endpoint))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build());
	}

	boolean accepts() {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** How many orders it has handled, in all its lives that are over. */
	long handled() {
		try (Stream<String> lines = Files.lines(handledFile())) {
			return lines.mapToLong(Long::parseLong).sum();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.destroyForcibly().onExit().join();
		}
		if (this.context != null) {
			// The end of a context would take the time of the plan.
			this.context.getBean(SocketServers.class).forEach((server) -> server.stop(Duration.ZERO));
			this.context.close();
		}
	}

}
