package dev.socketserver.benchmarks.density;

import dev.socketserver.benchmarks.BenchmarkException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MemoryFigures}.
 */
class MemoryFiguresTests {

	@Test
	void figuresAreFoundByTheirWholeName() {
		String text = "Pss_Anon:  7 kB\nPss:              1234 kB\nRss: 9 kB\n";

		assertThat(MemoryFigures.bytes(text, "Pss")).isEqualTo(1234 * 1024);
		assertThatExceptionOfType(BenchmarkException.class).isThrownBy(() -> MemoryFigures.bytes(text, "Swap"))
			.withMessageContaining("Swap");
	}

	@Test
	void theSystemTellsTheMemoryOfThisProcessAndOfTheMachine() throws Exception {
		assertThat(MemoryFigures.ofProcess(ProcessHandle.current().pid())).isPositive();
		assertThat(MemoryFigures.available()).isPositive();
		assertThat(MemoryFigures.ofKernel()).isPositive();
		assertThat(MemoryFigures.used()).isPositive();
	}

}
