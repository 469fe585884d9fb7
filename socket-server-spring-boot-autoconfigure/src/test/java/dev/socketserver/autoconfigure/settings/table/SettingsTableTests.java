package dev.socketserver.autoconfigure.settings.table;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.keys.KnownKeys;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.ReflectionUtils;

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

	/** Else nobody would see what a customizer has made of it. */
	@ParameterizedTest
	@EnumSource
	void everyPathLeadsToAValue(Section section) {
		Class<?> spec = (section == Section.SERVERS) ? ServerSpec.class : ClientSpec.class;
		assertThat(this.table.rows(section).values()).filteredOn((row) -> !row.path().isEmpty())
			.extracting(Row::path)
			.allSatisfy((path) -> {
				Set<Class<?>> types = Set.of(spec);
				for (String component : path.replaceFirst(":.*", "").split("\\.")) {
					types = types.stream()
						.flatMap(SettingsTableTests::withImplementations)
						.map((type) -> ReflectionUtils.findMethod(type, component))
						.filter(Objects::nonNull)
						.<Class<?>>map(Method::getReturnType)
						.collect(Collectors.toSet());
				}
				assertThat(types).isNotEmpty();
			});
	}

	private static Stream<Class<?>> withImplementations(Class<?> type) {
		return Stream.concat(Stream.of(type),
				type.isSealed()
						? Stream.of(type.getPermittedSubclasses()).flatMap(SettingsTableTests::withImplementations)
						: Stream.empty());
	}

	@ParameterizedTest
	@CsvSource({ "framing.type, NEW_SESSIONS", "framing.cases[0].prefix, NEW_SESSIONS", "listeners.tls.port, RESTART",
			"listeners.tls.ssl.client-auth, NEW_SESSIONS", "listeners.tls.framing.type, NEW_SESSIONS",
			"listeners.tls.limits.deny, APPLIED", "listeners.tls.enabled, RESTART" })
	void aKeyWithinABlockHasTheVerdictOfItsBlock(String key, Verdict verdict) {
		assertThat(this.table.row(Section.SERVERS, key).verdict()).isEqualTo(verdict);
	}

}
