package dev.socketserver.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec.Side;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the table of meters in {@code docs/metrics.md} is what {@link SocketMeters}
 * say, and what Prometheus gets.
 */
class MetersDocumentationTests {

	private static final Path PAGE = Path.of("..", "docs", "metrics.md");

	@Test
	void everyMeterIsInTheTableWithItsTypeUnitAndTags() throws IOException {
		Map<String, String> expected = new TreeMap<>();
		for (SocketMeters meter : SocketMeters.values()) {
			String unit = (meter.getBaseUnit() != null) ? ", " + meter.getBaseUnit() : "";
			String tags = Arrays.stream(meter.getKeyNames())
				.map(KeyName::asString)
				.filter((tag) -> !tag.equals("server") && !tag.equals("client"))
				.map((tag) -> "`" + tag + "`")
				.collect(Collectors.joining(", "));
			for (Side side : Side.values()) {
				expected.put(meter.getName(side),
						meter.getType().name().toLowerCase(Locale.ROOT) + unit + " | " + tags);
			}
		}

		Map<String, String> documented = new TreeMap<>();
		rows().forEach((cells) -> documented.put(cells.get(0).replace("`", ""), cells.get(1) + " | " + cells.get(2)));
		assertThat(documented).isEqualTo(expected);
	}

	@Test
	void everyExportedNameIsInTheTable() throws IOException {
		List<String> documented = rows().flatMap((cells) -> {
			String name = cells.get(3).replace("`", "");
			return cells.get(1).equals("timer") ? Stream.of(name + "_count", name + "_sum") : Stream.of(name);
		}).toList();

		assertThat(documented).containsExactlyInAnyOrderElementsOf(
				Stream
					.of(SocketServerMetricsTests.EXPORTED, SocketServerMetricsTests.OF_LISTENERS,
							SocketClientMetricsTests.EXPORTED)
					.flatMap(Arrays::stream)
					.toList());
	}

	private static Stream<List<String>> rows() throws IOException {
		return Files.readAllLines(PAGE)
			.stream()
			// Those of settings belong to no server.
			.filter((line) -> line.startsWith("| `socket.") && !line.startsWith("| `socket.settings."))
			.map((line) -> Stream.of(line.substring(1).split("\\|")).map(String::strip).toList());
	}

}
