package dev.socketserver.autoconfigure.settings.table;

import java.util.Set;
import java.util.TreeSet;

import dev.socketserver.autoconfigure.keys.KnownKeys;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SettingsTable}.
 */
class SettingsTableTests {

	private final SettingsTable table = new SettingsTable();

	/**
	 * A key that is new has no verdict until somebody decides what a change of it does.
	 */
	@ParameterizedTest
	@EnumSource
	void everyKeyHasAVerdict(Section section) {
		String prefix = section.property("*") + ".";
		Set<String> keys = new TreeSet<>();
		new KnownKeys(KnownKeys.PREFIX, SocketProperties.class).all(0).forEach((pattern, key) -> {
			if (key.startsWith(prefix) && !key.startsWith(prefix + "listeners.")) {
				keys.add(key.substring(prefix.length()).replaceFirst("\\[].*", ""));
			}
		});

		assertThat(keys).hasSizeGreaterThan(60);
		assertThat(this.table.rows(section).keySet()).containsAll(keys);
	}

	@ParameterizedTest
	@CsvSource({ "framing.type, NEW_SESSIONS", "framing.cases[0].prefix, NEW_SESSIONS", "listeners.tls.port, RESTART",
			"listeners.tls.ssl.client-auth, NEW_SESSIONS", "listeners.tls.framing.type, NEW_SESSIONS",
			"listeners.tls.limits.deny, APPLIED" })
	void aKeyWithinABlockHasTheVerdictOfItsBlock(String key, Verdict verdict) {
		assertThat(this.table.row(Section.SERVERS, key).verdict()).isEqualTo(verdict);
	}

}
