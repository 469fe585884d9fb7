package dev.socketserver.bridge;

import java.util.List;

import dev.socketserver.bridge.properties.BridgeProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.messaging.MessageChannel;

import static org.assertj.core.api.Assertions.assertThat;

/** What a native image keeps. */
class BridgeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	BridgeHintsTests() {
		for (RuntimeHintsRegistrar registrar : AotServices.factories().load(RuntimeHintsRegistrar.class)) {
			if (registrar.getClass().getName().startsWith("dev.socketserver.bridge.")) {
				registrar.registerHints(this.hints, getClass().getClassLoader());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgresql", "mariadb" })
	void scriptsForTheTable(String platform) {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/socketserver/bridge/schema-" + platform + ".sql"))
			.accepts(this.hints);
	}

	@Test
	void theComponentsThatAreReadByTheirNames() {
		assertThat(List.of(BridgeProperties.class, BridgeProperties.Retry.class))
			.flatMap((block) -> List.of(block.getRecordComponents()))
			.allSatisfy((component) -> assertThat(
					RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
				.accepts(this.hints));
	}

	@Test
	void theClassesThatTellWhichLibrariesAreThere() {
		for (Class<?> type : List.of(JdbcTemplate.class, MessageChannel.class, KafkaTemplate.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(type))).accepts(this.hints);
		}
	}

}
