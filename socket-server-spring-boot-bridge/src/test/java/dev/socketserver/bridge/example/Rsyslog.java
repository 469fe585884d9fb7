package dev.socketserver.bridge.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import dev.socketserver.fixtures.Patience;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * An rsyslog that follows a file, and sends each line with RELP until it is acknowledged.
 */
final class Rsyslog implements AutoCloseable {

	private final Path lines;

	private final Process process;

	private Rsyslog(Path lines, Process process) {
		this.lines = lines;
		this.process = process;
	}

	/** Starts one, or has the test skipped. */
	static Rsyslog start(Path folder, int port) throws IOException {
		Path program = Path.of("/usr/sbin/rsyslogd");
		assumeTrue(Files.isExecutable(program) && isInstalled("omrelp.so"),
				"There is no rsyslog with omrelp on this machine: install Debian's packages rsyslog and rsyslog-relp");
		Path lines = Files.createFile(folder.resolve("lines"));
		Path configuration = Files.writeString(folder.resolve("rsyslog.conf"), """
				global(workDirectory="%1$s" net.enableDNS="off")
				module(load="imfile")
				module(load="omrelp")
				template(name="line" type="string" string="%%msg%%")
				input(type="imfile" File="%2$s" Tag="test:")
				action(type="omrelp" target="127.0.0.1" port="%3$d" template="line" timeout="5"
					action.resumeRetryCount="-1" action.resumeInterval="1")
				""".formatted(folder, lines, port));
		return new Rsyslog(lines,
				new ProcessBuilder(program.toString(), "-n", "-f", configuration.toString(), "-i",
						folder.resolve("pid").toString())
					.redirectErrorStream(true)
					.redirectOutput(folder.resolve("output").toFile())
					.start());
	}

	private static boolean isInstalled(String module) {
		return List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64")
			.stream()
			.anyMatch((folder) -> Files.exists(Path.of(folder, "rsyslog", module)));
	}

	/** Adds lines to the file. */
	void write(List<String> more) throws IOException {
		Files.write(this.lines, more, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		Patience.await(this.process);
	}

}
