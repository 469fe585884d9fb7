package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.actuate.SocketMailboxEndpoint;
import dev.socketserver.mailbox.properties.MailboxProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

import static org.assertj.core.api.Assertions.assertThat;

/** What a native image keeps. */
class MailboxHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	MailboxHintsTests() {
		for (RuntimeHintsRegistrar registrar : AotServices.factories().load(RuntimeHintsRegistrar.class)) {
			if (registrar instanceof MailboxHints) {
				registrar.registerHints(this.hints, getClass().getClassLoader());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc/schema-h2.sql", "jdbc/schema-postgresql.sql", "jdbc/schema-mariadb.sql",
			"redis/common.lua", "redis/claim.lua", "redis/giveback.lua" })
	void scriptsOfTheStores(String script) {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/socketserver/mailbox/" + script))
			.accepts(this.hints);
	}

	@Test
	void theComponentsThatAreReadByTheirNames() {
		assertThat(MailboxProperties.class.getRecordComponents()).allSatisfy((component) -> assertThat(
				RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
			.accepts(this.hints));
	}

	@Test
	void lettersCanBeWrittenAsJson() {
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(this.hints, SocketMailboxEndpoint.class);
		assertThat(RuntimeHintsPredicates.reflection().onType(SocketMailboxEndpoint.LettersDescriptor.class))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(SocketMailboxEndpoint.LetterDescriptor.class))
			.accepts(this.hints);
	}

}
