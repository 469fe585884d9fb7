package dev.socketserver.netty.listen;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Paths of Unix sockets that are mount points, or on a file system that is mounted
 * read-only, in a process with mounts of its own.
 */
class MountedSocketTests {

	@TempDir
	Path directory;

	@BeforeAll
	static void mounts() throws Exception {
		Process process = new ProcessBuilder(mounted("true")).redirectErrorStream(true).start();
		assumeTrue(process.waitFor(Patience.seconds(), TimeUnit.SECONDS) && process.exitValue() == 0,
				"This process may not have mounts of its own");
	}

	private static List<String> mounted(String setUp) {
		return List.of("unshare", "--mount", "sh", "-e", "-c", setUp + "\nexec \"$0\" \"$@\"", "env");
	}

	private Path stale(String name) throws Exception {
		Path path = this.directory.resolve(name);
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));
		}
		return path;
	}

	private static String failure(String setUp, Path path) throws Exception {
		try (OtherJvm program = new OtherJvm(mounted(setUp), List.of(), Program.class, path.toString())) {
			return program.next();
		}
	}

	@Test
	void mountPointNamesThePath() throws Exception {
		Path path = stale("test.sock");
		assertThat(failure("mount --bind " + stale("other.sock") + " " + path, path))
			.startsWith("domain-socket.path " + path + " cannot be replaced by a socket: ")
			.contains("busy")
			.doesNotContain("port");
	}

	@Test
	void readOnlyDirectoryNamesThePath() throws Exception {
		Path mounted = Files.createDirectory(this.directory.resolve("mounted"));
		Path path = mounted.resolve("test.sock");
		assertThat(failure("mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(mounted), path))
			.startsWith("domain-socket.path " + path + " is in a directory in which nothing can be created")
			.contains("Read-only file system")
			.doesNotContain("port");
	}

	/** Says why its server does not start. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) {
			NettySocketServers servers = new NettySocketServers(List.of());
			try {
				servers
					.register(ServerSpec.builder("it")
						.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8),
								(line) -> line))
						.domainSocket((unix) -> unix.path(args[0]))
						.build())
					.start();
				OtherJvm.say("started");
			}
			catch (ServerStartException ex) {
				UnusableSocketException cause = (UnusableSocketException) ex.getCause();
				OtherJvm.say(cause.key() + " " + args[0] + " " + cause.getMessage().replace(args[0] + " ", ""));
			}
		}

	}

}
