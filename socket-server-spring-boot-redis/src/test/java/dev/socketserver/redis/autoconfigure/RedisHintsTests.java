package dev.socketserver.redis.autoconfigure;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

import static org.assertj.core.api.Assertions.assertThat;

/** What a native image keeps. */
class RedisHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	RedisHintsTests() {
		for (RuntimeHintsRegistrar registrar : AotServices.factories().load(RuntimeHintsRegistrar.class)) {
			if (registrar.getClass().getPackage() == getClass().getPackage()) {
				registrar.registerHints(this.hints, getClass().getClassLoader());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "common", "renew", "claim", "release", "sweep", "leave" })
	void scriptsOfTheDirectory(String script) {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/socketserver/redis/" + script + ".lua"))
			.accepts(this.hints);
	}

}
