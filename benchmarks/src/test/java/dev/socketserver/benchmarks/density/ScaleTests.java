package dev.socketserver.benchmarks.density;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

import dev.socketserver.benchmarks.density.Curve.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link Scale}, with few sessions and servers.
 */
@Timeout(180)
class ScaleTests {

	@Test
	void applicationIsMeasuredWithSessionsOfBothKindsAndWithServers(@TempDir Path directory) throws Exception {
		Scale.main(new String[] { "--sessions", "200,400", "--datagrams", "200,400", "--servers", "1,3", "--rest", "1",
				"--warm-up", "0", "--output", directory.toString() });

		assertThat(Files.readString(directory.resolve("scale.md")))
			.contains("| sessions of TCP | 200 | 400 | exponent |")
			.contains("| sessions of UDP | 200 | 400 | exponent |")
			.contains("| servers | 1 | 3 | exponent |")
			.contains("| live heap of a session, bytes |")
			.contains("| `socketsessions`, a page, ms |");
		assertThat(Files.readString(directory.resolve("scale.svg"))).startsWith("<svg").endsWith("</svg>\n");
	}

	@Test
	void exponentIsThatOfThePower() {
		assertThat(curve((x) -> 3 * x).exponent()).isEqualTo(1, within(0.001));
		assertThat(curve((x) -> 5 * x * x).exponent()).isEqualTo(2, within(0.001));
		assertThat(curve((x) -> 7).exponent()).isEqualTo(0, within(0.001));
	}

	private static Curve curve(DoubleUnaryOperator function) {
		return new Curve("it", "%.0f", List.of(new Point(10, function.applyAsDouble(10)),
				new Point(100, function.applyAsDouble(100)), new Point(1_000, function.applyAsDouble(1_000))));
	}

}
