package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import dev.socketserver.fixtures.process.ServerProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what {@code .ci/run} says of tests that passed on the second try only.
 */
@EnabledIf("hasBash")
class SecondTryTests {

	@TempDir
	private Path folder;

	static boolean hasBash() {
		return Stream.of("bash", "sed", "sort", "grep", "tail").allMatch(ServerProcess::isInstalled);
	}

	@Test
	void aTestThatIsMendedFailsTheCheck() throws Exception {
		assertThat(judge("""
				| `ATests.isOpen` | 2026-11-28 | a moment | open |
				| `BTests.isMended` | 2026-11-28 | a limit | open |
				| `BTests.isMended` | 2026-11-29 | a limit | mended |
				""", """
				  dev.socketserver.a.ATests isOpen(Path)[1]: java.lang.AssertionError: no
				  dev.socketserver.b.BTests isMended: java.lang.AssertionError: no (on the newest JDK)
				  dev.socketserver.b.BTests isNew(): java.lang.AssertionError: no
				""")).isEqualTo("""
				ATests.isOpen is known, and open
				BTests.isMended is mended, says table.md, and needed a second try
				BTests.isNew is not in table.md: find the cause, and write it down
				status 1
				""");
	}

	@Test
	void otherTestsDoNot() throws Exception {
		assertThat(judge("| `ATests.isOpen` | 2026-11-28 | a moment | open |\n",
				"  dev.socketserver.a.ATests isOpen: no\n  dev.socketserver.a.ATests isNew: no\n"))
			.endsWith("status 0\n");
	}

	@Test
	void aRowOfAClassIsOfAllItsTestsAndOfTheClassAsAWhole() throws Exception {
		assertThat(judge("| `ATests` | 2026-11-28 | a limit | mended |\n| `BTests` | 2026-11-28 | a limit | open |\n",
				"  dev.socketserver.a.ATests$Nested isOpen: no\n  dev.socketserver.b.BTests : no\n"))
			.isEqualTo("""
					ATests.isOpen is mended, says table.md, and needed a second try
					BTests. is known, and open
					status 1
					""");
	}

	private String judge(String table, String secondTry) throws Exception {
		Files.writeString(this.folder.resolve("table.md"), table);
		Files.writeString(this.folder.resolve("second-try"), secondTry);
		Path functions = Path.of("..", ".ci", "reports.sh").toAbsolutePath().normalize();
		Process bash = new ProcessBuilder("bash", "-c",
				"source '" + functions + "'; judge_second_try table.md <second-try; echo status $?")
			.directory(this.folder.toFile())
			.redirectErrorStream(true)
			.start();
		bash.getOutputStream().close();
		return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

}
