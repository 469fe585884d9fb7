package dev.socketserver.operation;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionQuery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any text may be a parameter of an endpoint: it has a value within its limits, or is
 * refused with a message of one line that can be shown.
 */
class ParameterFuzzTests {

	private static final List<Function<String, Object>> PARAMETERS = List.of(ParameterFuzzTests::duration,
			(text) -> SessionQuery.SIZE.parse(text), (text) -> SessionQuery.PAGE.parse(text), SessionFilter::addresses,
			SessionFilter::identity, (text) -> SessionFilter.truth("closed", text), ServerAction::of,
			(text) -> SessionAction.of(text, null), (text) -> SessionFilter.of(text, text, text, text, text, null),
			(text) -> SessionFilter.of(null, null, null, null, null, text),
			(text) -> String.valueOf(SessionOrder.of(text)),
			(text) -> new ServerAction.Parameters(text, text, text, text, text, text));

	@FuzzTest(maxDuration = "60s")
	void hasAValueOrIsRefused(byte[] input) {
		String text = new String(input, UTF_8);
		for (Function<String, Object> parameter : PARAMETERS) {
			try {
				assertThat(parameter.apply(text)).isNotNull();
			}
			catch (BadParameterException ex) {
				assertThat(String.valueOf(ex.getMessage()).chars()).noneMatch(Character::isISOControl);
				assertThat(String.valueOf(ex.getMessage())).hasSizeLessThan(500);
			}
		}
	}

	private static Duration duration(String text) {
		Duration duration = Durations.of("timeout", text);
		assertThat(duration).isBetween(Duration.ZERO, Duration.ofDays(365));
		return duration;
	}

}
