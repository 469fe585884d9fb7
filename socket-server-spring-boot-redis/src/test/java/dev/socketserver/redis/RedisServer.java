package dev.socketserver.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A Redis of a test's own: a process on a free port, which can be killed, stopped for a
 * while and started again.
 */
public final class RedisServer implements AutoCloseable {

	private final int port;

	private final List<String> arguments;

	private List<String> file = List.of();

	private Process process;

	private RedisServer(int port, List<String> arguments) {
		this.port = port;
		this.arguments = arguments;
	}

	/** Starts one, or has the test skipped. */
	public static RedisServer open(String... arguments) {
		assumeTrue(isInstalled(), "There is no redis-server on this machine");
		RedisServer server = new RedisServer(freePort(), List.of(arguments));
		server.start();
		return server;
	}

	/** Starts a sentinel, whose file it writes to. */
	static RedisServer sentinel(Path configuration) {
		RedisServer server = new RedisServer(freePort(), List.of("--sentinel"));
		server.file = List.of(configuration.toString());
		server.start();
		return server;
	}

	/** Returns whether tests that need one can run. */
	public static boolean isInstalled() {
		return List.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
			.stream()
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "redis-server")));
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Starts it again, after {@link #kill()}, with nothing in it. */
	public void start() {
		List<String> command = new ArrayList<>(List.of("redis-server"));
		command.addAll(this.file);
		command.addAll(List.of("--port", "" + this.port, "--bind", "127.0.0.1", "--loglevel", "warning", "--dir",
				System.getProperty("java.io.tmpdir")));
		if (this.file.isEmpty()) {
			command.addAll(List.of("--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0",
					"--repl-diskless-load", "on-empty-db"));
		}
		command.addAll(this.arguments);
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.ignoreExceptions()
			.until(() -> command("PING").equals("+PONG"));
	}

	public int port() {
		return this.port;
	}

	/** Gives a command, and returns the first line of the answer. */
	String command(String command) {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
			BufferedReader in = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			return in.readLine();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Publishes any bytes; returns how many have heard them. */
	int publish(String channel, byte[] message) {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(10_000);
			OutputStream out = socket.getOutputStream();
			out.write(("*3\r\n$7\r\nPUBLISH\r\n$" + channel.length() + "\r\n" + channel + "\r\n$" + message.length
					+ "\r\n")
				.getBytes(StandardCharsets.UTF_8));
			out.write(message);
			out.write("\r\n".getBytes(StandardCharsets.UTF_8));
			return Integer
				.parseInt(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
					.readLine()
					.substring(1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns how often some commands were given. */
	long calls(String... commands) {
		String info = info("commandstats");
		long calls = 0;
		for (String command : commands) {
			int at = info.indexOf("cmdstat_" + command + ":calls=");
			if (at >= 0) {
				int from = info.indexOf('=', at) + 1;
				calls += Long.parseLong(info.substring(from, info.indexOf(',', from)));
			}
		}
		return calls;
	}

	/** Returns what it says of itself. */
	String info(String section) {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(("INFO " + section + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void kill() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Sends a signal: STOP and CONT. */
	void signal(String signal) {
		signal(this.process.pid(), signal);
	}

	static void signal(long pid, String signal) {
		try {
			new ProcessBuilder("kill", "-" + signal, "" + pid).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	LettuceConnectionFactory factory() {
		return factory(this.port);
	}

	static LettuceConnectionFactory factory(int port) {
		return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
	}

	@Override
	public void close() {
		kill();
	}

}
