package dev.socketserver.benchmarks.density;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Density}, with few sessions.
 */
@Timeout(120)
class DensityTests {

	@Test
	void sessionsOfSeveralProcessesAreMeasuredAndReceiveALine(@TempDir Path directory) throws Exception {
		Density.main(new String[] { "--processes", "2", "--least", "50", "--sessions", "200", "--steps", "2", "--rest",
				"1", "--warm-up", "1", "--rounds", "1", "--cores", "none", "--output", directory.toString() });

		assertThat(Files.readString(directory.resolve("density.md"))).contains("# 400 idle sessions on one port")
			.contains("| live heap |")
			.contains("| C, a loop of `send` | 200 |")
			.contains("| Socket Server, `broadcast` | 400 |");
	}

	@Test
	void sessionsOfTlsAreMeasured(@TempDir Path directory) throws Exception {
		Density.main(new String[] { "--service", "tls", "--processes", "2", "--least", "50", "--sessions", "200",
				"--steps", "2", "--rest", "1", "--warm-up", "1", "--senders", "0", "--cores", "none", "--output",
				directory.toString() });

		assertThat(Files.readString(directory.resolve("density.md"))).contains("# 400 idle sessions of TLS on one port")
			.contains("| live heap |");
	}

}
