package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.stream.Stream;

import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SameNamesTests {

	@Test
	void whatHasAValueReplacesTheComponentOfItsName() {
		Login made = over(new Keys(Duration.ofSeconds(1), null, 7), "by");

		assertThat(made).isEqualTo(Login.DEFAULTS.timeout(Duration.ofSeconds(1)).sessions(7));
	}

	@Test
	void aComponentOfTheCallerIsLeftAlone() {
		assertThat(over(new Keys(null, "somebody", null), "by")).isEqualTo(Login.DEFAULTS);
	}

	@Test
	void aComponentOfAnotherTypeIsForgottenByNobody() {
		assertThatIllegalStateException().isThrownBy(() -> over(new Keys(null, "somebody", null)))
			.withMessage(Login.class.getName() + " has no method by that takes somebody");
	}

	@Test
	void whatTheSpecificationThrowsIsThrown() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> over(new Keys(Duration.ZERO, null, null)))
			.withMessageContaining("login.timeout");
	}

	@Test
	void aReaderKnowsTheKey() {
		Login made = new SameNames(new Keys(null, "address", null)).over(Login.class, Login.DEFAULTS,
				(key, value) -> key.equals("by") ? LoginBy.IDENTITY : value);

		assertThat(made.by()).isEqualTo(LoginBy.IDENTITY);
	}

	@Test
	void aNativeImageKeepsTheComponentsOfAllBlocks() {
		RuntimeHints hints = new RuntimeHints();
		new PropertiesHints().registerHints(hints, getClass().getClassLoader());
		assertThat(Stream.of(ServerDefaults.Limits.class, ServerDefaults.Udp.class, SessionProperties.Timeouts.class,
				ClientProperties.Pool.class))
			.allSatisfy((block) -> assertThat(block.getRecordComponents()).allSatisfy((component) -> assertThat(
					RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
				.accepts(hints)));
	}

	private static Login over(Keys keys, String... others) {
		return new SameNames(keys, others).over(Login.class, Login.DEFAULTS, (key, value) -> value);
	}

	public record Keys(@Nullable Duration timeout, @Nullable String by, @Nullable Integer sessions) {

	}

}
