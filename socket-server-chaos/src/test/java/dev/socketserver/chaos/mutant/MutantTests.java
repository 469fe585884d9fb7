package dev.socketserver.chaos.mutant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.chaos.ChaosRuns;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.ReliabilityPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The harness can fail: each mutant is caught within three seeds. Without {@code -Pchaos}
 * it is checked that all of them can be made, and that one is caught.
 */
@Tag("long")
class MutantTests {

	private static final List<Long> SEEDS = List.of(1L, 2L, 3L);

	@TempDir
	private Path directory;

	static List<Mutant> mutants() {
		return Mutants.ALL;
	}

	@ParameterizedTest
	@MethodSource("mutants")
	void mutantCanBeMade(Mutant mutant) throws IOException {
		mutant.write(this.directory);

		try (Stream<Path> files = Files.walk(this.directory)) {
			assertThat(files.filter(Files::isRegularFile)).hasSize(1);
		}
	}

	@Test
	void aPlaceThatIsNeverGivenBackIsFound() throws Exception {
		Mutants.ALL.get(0).write(this.directory);

		assertThat(ChaosRuns.crowd(this.directory)).isNotEmpty();
	}

	@Test
	@EnabledIfSystemProperty(named = "chaos.all", matches = "true")
	void everyMutantIsCaughtWithinThreeSeeds() throws Exception {
		Path nothing = Files.createDirectory(this.directory.resolve("nothing"));
		assertThat(ChaosRuns.play(SEEDS.get(0), nothing, RedisServer.isInstalled())).as("without a mutant").isEmpty();
		List<String> caught = new ArrayList<>();
		List<String> missed = new ArrayList<>();
		String only = System.getProperty("chaos.mutant", "");
		for (Mutant mutant : Mutants.ALL) {
			if (!mutant.name().contains(only) || (mutant.needsCluster() && !RedisServer.isInstalled())) {
				continue;
			}
			Path patch = this.directory.resolve("mutant" + caught.size() + "-" + missed.size());
			mutant.write(patch);
			String row = caught(mutant, patch);
			System.out.println((row != null) ? row : "missed: " + mutant);
			(row != null ? caught : missed).add((row != null) ? row : mutant.name());
		}
		assertThat(missed).isEmpty();
		if (only.isEmpty()) {
			ReliabilityPage.write("mutants",
					caught.size()
							+ " mutants, all caught:\n\n| mutant | caught by seed | because |\n| --- | --- | --- |\n"
							+ String.join("\n", caught));
		}
		assumeTrue(RedisServer.isInstalled(), "The mutants of the cluster were left out: there is no redis-server");
	}

	private static @Nullable String caught(Mutant mutant, Path patch) throws Exception {
		for (long seed : SEEDS) {
			List<String> problems = ChaosRuns.play(seed, patch, mutant.needsCluster());
			if (!problems.isEmpty()) {
				return "| %s | %d | %s |".formatted(mutant.name(), seed, shortened(problems.get(0)));
			}
		}
		return null;
	}

	private static String shortened(String problem) {
		String line = problem.split("\n")[0].replace("|", "/").replaceAll("java\\.(lang|net)\\.", "");
		return (line.length() < 120) ? line : line.substring(0, 119) + "…";
	}

}
