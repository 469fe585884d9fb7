package dev.socketserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServerListener.Alarm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the page for operators has words for all that may happen, and names pages of
 * the documentation that there are.
 */
class PageWordsTests {

	private static final Path SCRIPTS = Documentation.ROOT
		.resolve("socket-server-spring-boot-autoconfigure/src/main/resources/dev/socketserver/actuate/ui");

	private static final Pattern PAGE = Pattern.compile("'([a-z-]+\\.md)'");

	@ParameterizedTest
	@EnumSource(CloseReason.class)
	void theEndOfASessionIsExplained(CloseReason reason) {
		assertThat(words("CLOSED")).contains("\t" + reason + ": ['");
	}

	@ParameterizedTest
	@EnumSource(RejectReason.class)
	void aRefusalIsExplained(RejectReason reason) {
		assertThat(words("REFUSED")).contains("\t" + reason + ": ['");
	}

	@ParameterizedTest
	@EnumSource(value = Alarm.Kind.class, names = "ACCEPT_RESUMED", mode = EnumSource.Mode.EXCLUDE)
	void anAlarmIsExplained(Alarm.Kind kind) {
		assertThat(words("ALARMS")).contains("\t" + kind + ": ['");
	}

	@Test
	void thePagesExist() throws IOException {
		try (Stream<Path> scripts = Files.list(SCRIPTS)) {
			assertThat(scripts.filter((script) -> script.toString().endsWith(".js"))
				.flatMap((script) -> PAGE.matcher(read(script)).results())
				.map((MatchResult page) -> page.group(1))
				.distinct()).hasSizeGreaterThan(10)
				.allSatisfy((page) -> assertThat(Documentation.ROOT.resolve("docs").resolve(page)).exists());
		}
	}

	private static String words(String table) {
		String all = read(SCRIPTS.resolve("reasons.js"));
		int begin = all.indexOf("const " + table + " = {");
		return all.substring(begin, all.indexOf("};", begin));
	}

	private static String read(Path script) {
		try {
			return Files.readString(script);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
