package dev.socketserver.operator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SessionId}.
 */
class SessionIdTests {

	@ParameterizedTest
	@CsvSource({ "echo-1,echo,1", "my-echo-20,my-echo,20", "a-999999999999999999,a,999999999999999999" })
	void readsWhatItWrites(String text, String server, long number) {
		assertThat(SessionId.parse(text)).isEqualTo(new SessionId(server, number)).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "echo", "echo-", "-1", "echo-0", "echo-01", "echo-1x", "echo-+1", "echo--",
			"echo-1000000000000000000", "echo-99999999999999999999", "echo-\u0661" })
	void nothingElseIsAnId(String text) {
		assertThat(SessionId.parse(text)).isNull();
	}

	@Test
	void thereIsNoSessionZero() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SessionId("echo", 0)).withMessageContaining("echo-0");
	}

}
