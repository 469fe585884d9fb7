package dev.socketserver.benchmarks.density;

import java.util.List;

import dev.socketserver.benchmarks.Summary;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link Slope} and {@link Step}.
 */
class SlopeTests {

	@Test
	void pointsOnALineGiveThatLine() {
		assertThat(Slope.of(new double[] { 5, 12, 19 }, new double[] { 25, 39, 53 })).isEqualTo(new Slope(2, 15));
	}

	@Test
	void theLineIsTheNearestToPointsBesideIt() {
		Slope slope = Slope.of(new double[] { 0, 1, 2, 3 }, new double[] { 1, 0, 3, 2 });

		assertThat(slope.perUnit()).isEqualTo(0.6, within(1e-9));
		assertThat(slope.base()).isEqualTo(0.6, within(1e-9));
	}

	@Test
	void pointsAtOnePlaceHaveNoSlope() {
		assertThatIllegalArgumentException().isThrownBy(() -> Slope.of(new double[] { 7, 7 }, new double[] { 1, 2 }));
	}

	@Test
	void eachProcessHasASlopeOfItsOwn() {
		double[] none = { 0, 0 };
		List<Step> steps = List.of(new Step(new double[] { 10, 20 }, new double[] { 130, 260 }, none, none, 1_000, 50),
				new Step(new double[] { 30, 40 }, new double[] { 190, 340 }, none, none, 1_400, 130));

		assertThat(Step.perSession(steps, Step::memory)).isEqualTo(new Summary(3, 3.5, 4));
		assertThat(Step.withoutSessions(steps, Step::memory)).isEqualTo(new Summary(100, 140, 180));
		assertThat(Step.perSessionOfMachine(steps, Step::kernel)).isEqualTo(10);
		assertThat(Step.perSessionOfMachine(steps, Step::machine)).isEqualTo(2);
	}

}
