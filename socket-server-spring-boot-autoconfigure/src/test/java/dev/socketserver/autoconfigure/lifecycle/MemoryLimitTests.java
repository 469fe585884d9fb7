package dev.socketserver.autoconfigure.lifecycle;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class MemoryLimitTests {

	@ParameterizedTest
	@CsvSource({ "1B, 'is 1B, which a few sessions may use up'", "1023KB, Set it to 1MB or more",
			"513MB, 'is 513MB, more than the heap, which has 512MB'", "1MB,", "512MB," })
	void warnsOfWhatIsHardlyMeant(String limit, String warning, CapturedOutput output) {
		MemoryLimit.check(DataSize.parse(limit), DataSize.ofMegabytes(512));

		if (warning != null) {
			assertThat(output).contains("WARN").contains("Property socket.limits.memory").contains(warning);
		}
		else {
			assertThat(output).doesNotContain("socket.limits.memory");
		}
	}

}
