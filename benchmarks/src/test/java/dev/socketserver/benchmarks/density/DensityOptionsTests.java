package dev.socketserver.benchmarks.density;

import java.util.List;

import dev.socketserver.benchmarks.BenchmarkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DensityOptions}.
 */
class DensityOptionsTests {

	@Test
	void stepsGoEvenlyFromTheLeastToTheMost() {
		assertThat(DensityOptions.parse(List.of()).counts()).containsExactly(5_000, 9_333, 13_666, 18_000);
		assertThat(DensityOptions.parse(List.of("--least", "10", "--sessions", "30", "--steps", "2")).counts())
			.containsExactly(10, 30);
	}

	@Test
	void argumentsSayHowMuch() {
		DensityOptions options = DensityOptions.parse(
				List.of("--processes", "53", "--senders", "0", "--spare", "512", "--rate", "5000", "--cores", "none"));

		assertThat(options.processes()).isEqualTo(53);
		assertThat(options.senders()).isZero();
		assertThat(options.spareMegabytes()).isEqualTo(512);
		assertThat(options.rate()).isEqualTo(5_000);
		assertThat(options.cores().forLoad(List.of("crowd"))).containsExactly("crowd");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--processes 0", "--processes 201", "--steps 1", "--rate x", "--least 18000", "--rounds",
			"--service udp", "--service tls", "--sides 3" })
	void whatCannotBeIsRefused(String arguments) {
		assertThatExceptionOfType(BenchmarkException.class)
			.isThrownBy(() -> DensityOptions.parse(List.of(arguments.split(" "))))
			.withMessageContaining(arguments.split(" ")[0]);
	}

}
