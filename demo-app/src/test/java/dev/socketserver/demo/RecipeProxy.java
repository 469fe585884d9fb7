package dev.socketserver.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * HAProxy in front of nodes.
 */
final class RecipeProxy implements AutoCloseable {

	private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

	private final Process process;

	private final Path commands;

	/**
	 * Starts one, or has the test skipped.
	 * @param directory where its files are
	 * @param configuration what it does
	 */
	RecipeProxy(Path directory, String configuration) throws IOException {
		assumeTrue(Files.isExecutable(PROGRAM), "There is no HAProxy on this machine");
		this.commands = directory.resolve("haproxy.sock");
		Path file = Files.writeString(directory.resolve("haproxy.cfg"),
				"global\n    stats socket " + this.commands + " mode 600 level admin\n" + configuration);
		this.process = new ProcessBuilder(PROGRAM.toString(), "-db", "-q", "-f", file.toString())
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("haproxy.log").toFile())
			.start();
	}

	/** Gives a command to the running proxy, and returns the answer. */
	String command(String command) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(this.commands));
			channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
			try (BufferedReader answer = new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII))) {
				return String.join("\n", answer.lines().toList());
			}
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
